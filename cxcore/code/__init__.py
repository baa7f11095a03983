"""Level 5. "Show the code": the command that gives a number, and the same number with statsmodels and scipy alone."""

from cxcore.code.compared import of_comparison
from cxcore.code.measured import command, of_measure, python

__all__ = ["command", "of_comparison", "of_measure", "python"]
