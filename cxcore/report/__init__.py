"""Level 6. Findings, numbers, charts and the receipt → one file to hand on. It prints; it computes nothing."""
