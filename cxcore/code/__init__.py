"""Level 5. "Show the code": the command that gives a number, and the same number with statsmodels and scipy alone."""

from cxcore.code.compared import ROWS, of_comparison, of_totals, reads_rows
from cxcore.code.measured import command, of_measure, python

__all__ = ["ROWS", "command", "of_comparison", "of_measure", "of_totals", "python", "reads_rows"]
