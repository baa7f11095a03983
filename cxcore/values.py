"""Level 0. The nouns that travel through the house. Frozen; none computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from cxcore.language import Message

Severity = Literal["info", "warning"]
Confidence = Literal["high", "medium", "low"]
Every = Literal["day", "week", "month", "quarter"]
Kind = Literal["interactions", "responses", "events", "daily", "scores", "unknown"]
Fate = Literal["role", "also", "segment", "ignored", "personal"]
Comparison = Literal["=", "!=", "<", "<=", ">", ">="]

ROWS_SHOWN = 20  # spreadsheet row numbers carried by one Problem (CONTRACT.md)
SMALL_GROUP = 5  # a segment below this shows its count and no number (METRICS.md)
SMALL_GROUP_OF_WORDS = 10  # people below which no comment is shown: words are told apart more easily than scores
SMALL_SAMPLE = 30  # below this a number stands with the words "small sample"


@dataclass(frozen=True)
class Problem:
    """Something true about the file that changes what may be concluded: what, how often, in which rows."""

    code: str
    severity: Severity
    what: Message
    column: str | None = None
    count: int = 0
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class RawTable:
    """A file as read: text only, nothing guessed about meaning.

    `path` is a Parquet file with one string column `x0` … `xN` a file column (blank cells are null, text is stripped
    of nothing) and `row` (int32), the row's number in the spreadsheet. `headers` are the names as they stand in the
    file ("" where there is none); `descriptions` hold what further header rows say of each column ("" if nothing).
    `filled` counts each column's filled cells, `at` says in which an @ may stand (empty: not known). In a table that is
    read again `names` are the string columns' own names, where they are not x0 … xN, and `personal` the columns that
    were dropped as personal data, with their kind.
    """

    path: Path
    name: str
    format: str
    headers: tuple[str, ...]
    descriptions: tuple[str, ...]
    rows: int
    sha256: str
    header_rows: int = 1
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    names: tuple[str, ...] = ()
    filled: tuple[int, ...] = ()
    at: tuple[bool, ...] = ()
    personal: tuple[tuple[int, str], ...] = ()

    def may_hold_at(self, index: int) -> bool:
        """Whether an @ may stand in a column's cells: without one, no address does."""
        return not self.at or self.at[index]

    def text(self, index: int) -> str:
        """The name in the Parquet file of a file column's text."""
        return self.names[index] if self.names else f"x{index}"


@dataclass(frozen=True)
class Profile:
    """What the cells of one raw column look like. `values` are (text, count), commonest first; all of them when
    `complete`, else those of a sample spread over the file."""

    index: int
    header: str
    description: str
    rows: int
    filled: int
    values: tuple[tuple[str, int], ...]
    complete: bool


@dataclass(frozen=True)
class RoleUse:
    """One role filled by one column (two for a date and a time), and how its text is read.

    `order` dmy | mdy | ymd, `decimal` the decimal mark, `answers` (text, number) for
    ratings and flags in words, `spellings` (text, name) for names written in several ways, `plain` when the text is
    used as it stands, `unit` what a duration is written in, `clock` what 12:30 is in it (mm:ss or h:mm), `written_in`
    the zone of a time's text where that is not its `zone`. `scale` is the scale as answered; `reversed` when the low
    end is the good one.
    """

    role: str
    columns: tuple[int, ...]
    confidence: Confidence
    why: Message
    also: tuple[int, ...] = ()
    scale: tuple[float, float] | None = None
    reversed: bool = False
    unit: str | None = None
    clock: str | None = None
    order: str | None = None
    zone: str | None = None
    written_in: str | None = None
    decimal: str = "."
    answers: tuple[tuple[str, float], ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()
    plain: bool = False


@dataclass(frozen=True)
class ColumnUse:
    """What became of one column of the file; `constant` where all its filled cells say the same, `averages` when, in
    rows of totals, it holds averages and not sums, `timed` when its cells are times as 0:02:14."""

    index: int
    header: str
    fate: Fate
    role: str | None = None
    why: Message | None = None
    numeric: bool = False
    decimal: str = "."
    personal: str | None = None
    constant: bool = False
    averages: bool = False
    timed: bool = False


@dataclass(frozen=True)
class Question:
    """Something the evidence does not decide. `choices` are the values a person may pick, the first is in force."""

    about: str
    asks: Message
    choices: tuple[str, ...]


@dataclass(frozen=True)
class Mapping:
    """How a file is understood. `weight` is the column that says how many contacts or answers a row of totals holds;
    `given` are the columns of scores already computed."""

    kind: Kind
    roles: tuple[RoleUse, ...]
    columns: tuple[ColumnUse, ...]
    problems: tuple[Problem, ...] = ()
    questions: tuple[Question, ...] = ()
    zone: str | None = None
    recognised_as: str | None = None
    weight: int | None = None
    given: tuple[int, ...] = ()

    def use(self, role: str) -> RoleUse | None:
        """The use of a role, or None where no column serves it."""
        return next((use for use in self.roles if use.role == role), None)


@dataclass(frozen=True)
class RoleFigures:
    """What a role's column holds once read: for the receipt, and for `inspect`."""

    role: str
    n: int
    distinct: int
    first: str | None
    last: str | None
    mean: float | None


@dataclass(frozen=True)
class Table:
    """A file understood, as an immutable Parquet table named by its content.

    Columns: `row`; `left_out` (why a row is not counted, else null); a column a role, named as the role; `x{i}` the
    text of kept column i, unless a role's column is that very text; `{rating}_off` true where an answer was off the
    scale. `unanswered` counts, for each rating, the rows that count but were skipped, and those off the
    scale. `parts` names the files a table was made of, where they are several; `busiest` is the most rows one customer
    has (1 where no customer is known). Where several rows of the file were taken together, the table holds `cases`
    rows, `before` is the table of the rows as they stand in the file; `rows_read` and `rows_used` still count those.
    """

    path: Path
    fingerprint: str
    name: str
    raw: RawTable
    mapping: Mapping
    rows_read: int
    rows_used: int
    left_out: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]
    period: tuple[date, date] | None
    unanswered: tuple[tuple[str, int, int], ...] = ()
    parts: tuple[str, ...] = ()
    busiest: int = 1
    before: Table | None = None
    cases: int | None = None

    def has(self, role: str) -> bool:
        """Whether the role is there to compute with."""
        return self.mapping.use(role) is not None

    def text(self, index: int) -> str:
        """The table's column that holds the text of a kept file column; a customer's is the pseudonym."""
        own = self.mapping.columns[index]
        use = self.mapping.use(own.role) if own.role and own.fate == "role" else None
        return use.role if use and (use.plain or use.role == "customer_id") else f"x{index}"

    def header(self, role: str) -> str:
        """The file's own name for the column behind a role."""
        use = self.mapping.use(role)
        return "" if use is None else " + ".join(self.mapping.columns[k].header for k in use.columns)


@dataclass(frozen=True)
class Condition:
    """One `--where`: a column (header) or role compared with a value; all conditions must hold."""

    column: str
    comparison: Comparison
    value: str


@dataclass(frozen=True)
class Estimate:
    """One number with everything needed to believe it. `value`, `low`, `high` are None where nothing can be said."""

    metric: str
    n: int
    value: float | None
    low: float | None
    high: float | None
    method: Message
    period: date | None = None
    by: tuple[tuple[str, str | None], ...] = ()
    mean: float | None = None
    variance: float | None = None

    @property
    def small(self) -> bool:
        """Whether the number stands on a small sample."""
        return self.value is not None and self.n < SMALL_SAMPLE


@dataclass(frozen=True)
class Change:
    """A later estimate minus an earlier one, with its interval; None where it cannot be said."""

    earlier: Estimate
    later: Estimate
    value: float | None
    low: float | None
    high: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out no change."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True)
class Trend:
    """A metric over periods: one Estimate a period (empty periods stand with n 0), the whole, and control limits.

    `signal`: the latest change leaves out 0 and ends outside the limits; a smaller one is what a steady series does.
    """

    metric: str
    every: Every
    whole: Estimate
    points: tuple[Estimate, ...]
    limits: tuple[tuple[float, float] | None, ...]
    by: tuple[tuple[str, str | None], ...] = ()
    change: Change | None = None
    partial_last: bool = False
    signal: bool = False


@dataclass(frozen=True)
class Finding:
    """A sentence worth reading, and where it comes from. `weight` orders findings, largest first."""

    kind: Literal["shift", "segment", "level", "note"]
    metric: str
    sentence: Message
    ground: Message
    weight: float
    good: bool | None = None
    by: tuple[tuple[str, str | None], ...] = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True)
class Target:
    """What a metric of the desk is meant to reach, and who answers for it.

    `limit` is in the metric's unit. For times it is how many seconds a case may take, and `share` the percentage of
    cases that is meant to keep to it; for everything else the figure itself is held against the limit.
    """

    metric: str
    limit: float
    owner: str = ""
    share: float | None = None
    rule: str | None = None
