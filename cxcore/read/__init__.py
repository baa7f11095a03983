"""Level 2. Bytes → RawTable. `sandbox.read` is the door; all other modules run only in the child process it starts.

This file stays empty of imports: whatever stood here, every child would pay for at its start.
"""
