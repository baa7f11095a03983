"""Level 3. RawTable → roles, scales, units, dates → Table, with everything that did not fit."""
