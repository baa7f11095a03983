"""Level 2. Bytes → RawTable. `sandbox.read` is the door; it, `process` (which starts the child) and `sentences` run
beside the app, all other modules only in the child.

This file stays empty of imports: whatever stood here, every child would pay for at its start.
"""
