"""Parent side. What the child's codes say to a person: counts, names of columns, row numbers, and no cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxcore.errors import CannotRead, CxError, FileRefused, UnknownName
from cxcore.language import Message, listed, say, say_many
from cxcore.values import ROWS_SHOWN, Problem

_Facts = dict[str, Any]


_MISMATCH: dict[str, Callable[[], Message]] = {
    "xlsx": lambda: say(
        "The name ends like another kind of file; by its content this is an Excel workbook and was read as one."
    ),
    "xls": lambda: say(
        "The name ends like another kind of file; by its content this is an old Excel workbook and was read as one."
    ),
    "ods": lambda: say(
        "The name ends like another kind of file; by its content this is an OpenDocument sheet and was read as one."
    ),
    "parquet": lambda: say(
        "The name ends like another kind of file; by its content this is a Parquet file and was read as one."
    ),
    "json": lambda: say("The name ends like another kind of file; by its content this is JSON and was read as such."),
    "html": lambda: say(
        "The name ends like another kind of file; by its content this is a web page, and the table in it was read."
    ),
    "text": lambda: say(
        "The name ends like another kind of file; by its content this is delimited text and was read as such."
    ),
}

_PROBLEMS: dict[str, Callable[[_Facts], Message]] = {
    "extension_mismatch": lambda said: _MISMATCH[said["format"]](),
    "encoding_guessed": lambda said: say(
        "The file does not say how its letters are encoded; it was read as {encoding}. Look whether accents are right.",
        encoding=said["encoding"],
    ),
    "undecodable_bytes_replaced": lambda said: say_many(
        "{n} character could not be read and stands as �.",
        "{n} characters could not be read and stand as �.",
        said["count"],
    ),
    "mojibake_suspected": lambda said: say_many(
        "In {n} row accents look as if they had been converted twice (Ã© for é); the text was left as it is.",
        "In {n} rows accents look as if they had been converted twice (Ã© for é); the text was left as it is.",
        said["count"],
    ),
    "control_characters_removed": lambda said: say_many(
        "{n} character that is no text was removed.", "{n} characters that are no text were removed.", said["count"]
    ),
    "quote_style_guessed": lambda _said: say(
        "Quotation marks inside the text are written with a backslash, as databases do; they were read that way."
    ),
    "stray_quotes": lambda said: say_many(
        "In {n} row a quotation mark stands where none may; it was kept as part of the text.",
        "In {n} rows a quotation mark stands where none may; it was kept as part of the text.",
        said["count"],
    ),
    "ragged_rows": lambda said: say_many(
        "{n} row has more or fewer fields than the header; what is missing is blank, what is too much was left out.",
        "{n} rows have more or fewer fields than the header; what is missing is blank, what is too much was left out.",
        said["count"],
    ),
    "header_row_detected": lambda said: say_many(
        "The column names were found in row {row}, not in a first row of their own.",
        "The column names take {n} rows, the last of them row {row}.",
        said["count"],
        row=said["row"],
    ),
    "header_row_missing": lambda _said: say(
        "The first row looks like data, not like names of columns; it was read as data and the columns have no names."
    ),
    "repeated_header_rows": lambda said: say_many(
        "The column names stand again in {n} row among the data; it was left out.",
        "The column names stand again in {n} rows among the data; they were left out.",
        said["count"],
    ),
    "totals_row_excluded": lambda said: say_many(
        "{n} row of totals was left out, so that nothing counts twice.",
        "{n} rows of totals were left out, so that nothing counts twice.",
        said["count"],
    ),
    "non_data_rows_dropped": lambda said: say_many(
        "{n} row under the table holds a note and no data; it was left out.",
        "{n} rows under the table hold notes and no data; they were left out.",
        said["count"],
    ),
    "unnamed_columns": lambda said: say_many(
        "{n} column with data has no name: column {columns}.",
        "{n} columns with data have no name: columns {columns}.",
        said["count"],
        columns=listed(said["positions"]),
    ),
    "unnamed_empty_column_dropped": lambda said: say_many(
        "{n} column has neither a name nor data and is not used: column {columns}.",
        "{n} columns have neither a name nor data and are not used: columns {columns}.",
        said["count"],
        columns=listed(said["positions"]),
    ),
    "duplicate_columns": lambda said: say_many(
        "{n} column is called {column}.", "{n} columns are called {column}.", said["count"], column=said["column"]
    ),
    "long_header_truncated": lambda said: say(
        "A column's name is longer than {limit} characters and was cut there.", limit=said["limit"]
    ),
    "long_text": lambda said: say_many(
        "{n} cell holds more than {limit} characters.",
        "{n} cells hold more than {limit} characters.",
        said["count"],
        limit=said["limit"],
    ),
    "looks_transposed": lambda _said: say(
        "Rows and columns look swapped: the names of columns seem to stand in the first column. "
        "Swap them in the spreadsheet (copy, paste special, transpose) and bring the file again."
    ),
    "hidden_sheets_ignored": lambda said: say_many(
        "{n} hidden sheet was not read.", "{n} hidden sheets were not read.", said["count"]
    ),
    "sheet_chosen": lambda said: (
        say_many(
            "Sheet {sheet} was read; {n} other sheet holds a table too.",
            "Sheet {sheet} was read; {n} other sheets hold tables too.",
            said["count"],
            sheet=said["sheet"],
        )
        if said["count"]
        else say("Sheet {sheet} was read: the sheets before it hold no table.", sheet=said["sheet"])
    ),
    "sheets_alike": lambda said: say(
        "These sheets have the same columns, and only the first of them was read: {sheets}. To read them as one table,"
        " choose all sheets together (--sheet '*').",
        sheets=listed(said["sheets"]),
    ),
    "error_cells": lambda said: say_many(
        "{n} cell of {column} holds an error such as #N/A and counts as blank.",
        "{n} cells of {column} hold errors such as #N/A and count as blank.",
        said["count"],
        column=said["column"],
    ),
    "formulas_without_values": lambda said: say_many(
        "{n} formula in {column} has no stored result and counts as blank. "
        "Open the file in a spreadsheet program, save it, and bring it again.",
        "{n} formulas in {column} have no stored results and count as blank. "
        "Open the file in a spreadsheet program, save it, and bring it again.",
        said["count"],
        column=said["column"],
    ),
    "macros_ignored": lambda _said: say(
        "The workbook holds macros; only its cells were read, and nothing in it was run."
    ),
    "early_dates_as_durations": lambda said: say_many(
        "{n} column holds times that lie near the year 1900, as durations of more than a day do in this old format; "
        "they were read as durations.",
        "{n} columns hold times that lie near the year 1900, as durations of more than a day do in this old format; "
        "they were read as durations.",
        said["count"],
    ),
    "nested_values_flattened": lambda said: say_many(
        "{n} value or column held others inside; it became columns of its own or one text.",
        "{n} values or columns held others inside; they became columns of their own or one text.",
        said["count"],
    ),
    "unsupported_columns_dropped": lambda said: say_many(
        "{n} column holds bytes and no text; it was left out.",
        "{n} columns hold bytes and no text; they were left out.",
        said["count"],
    ),
    "duplicate_keys": lambda said: say_many(
        "{n} field stands twice in its record; the last one counts.",
        "{n} fields stand twice in their records; the last one counts.",
        said["count"],
    ),
    "table_chosen": lambda said: say_many(
        "The largest table was read; the file holds {n} other.",
        "The largest table was read; the file holds {n} others.",
        said["count"],
    ),
    "table_not_closed": lambda _said: say(
        "The page ends inside a table: it may be cut short. Look whether the last rows are there."
    ),
    "merged_cells": lambda said: say_many(
        "In {column} {n} merged cell spans several rows; its value was taken for each of them.",
        "In {column} {n} merged cells span several rows; the value was taken for each row.",
        said["count"],
        column=said["column"],
    ),
}


def problem(said: dict[str, Any]) -> Problem:
    """One remark of the child as a Problem."""
    facts = said["facts"] | {"count": said["count"], "column": said["column"]}
    return Problem(
        said["code"],
        "info" if said["severity"] == "info" else "warning",
        _PROBLEMS[said["code"]](facts),
        said["column"],
        said["count"],
        tuple(said["rows"][:ROWS_SHOWN]),
    )


def refusal(code: str, facts: _Facts) -> CxError:
    """The error for a code of the child, or of the parent's own watch over it."""
    if code == "unknown_sheet":
        return UnknownName(
            code,
            say("The workbook has no sheet of that name."),
            say("Its sheets are: {sheets}.", sheets=listed(facts["sheets"])),
        )
    message, hint = _REFUSALS[code](facts)
    return (CannotRead if facts.get("stopped") else FileRefused)(code, message, hint)


def _save_as() -> Message:
    return say("Open it in the program it comes from and save it as XLSX or CSV.")


_REFUSALS: dict[str, Callable[[_Facts], tuple[Message, Message]]] = {
    "empty_file": lambda _said: (say("The file is empty."), say("Export it again and look whether it holds anything.")),
    "no_rows": lambda _said: (
        say("The file has no rows of data."),
        say("Look whether the export had a filter or a period that left nothing over."),
    ),
    "not_a_table": lambda _said: (
        say("This is text, but not a table of rows and columns."),
        say("Bring a table: names of columns in the first row, one record a row below."),
    ),
    "not_a_spreadsheet": lambda said: (
        say("This is no spreadsheet but a file of another kind ({format}).", format=said["format"]),
        say("Bring a table saved as XLSX or CSV."),
    ),
    "not_a_workbook": lambda _said: (
        say("This is a zip archive, but there is no workbook in it."),
        say("Unpack it and bring the tables in it one by one, as XLSX or CSV."),
    ),
    "archive_not_supported": lambda said: (
        say("This is an archive ({format}), not a table.", format=said["format"]),
        say("Unpack it and bring the file that is in it."),
    ),
    "html_page": lambda _said: (
        say("This is a web page without a table, often a log-in page saved in place of the export."),
        say("Log in, download the export again, and bring that file."),
    ),
    "unsupported_format": lambda said: (
        say("Files of this format ({format}) are not read.", format=said["format"]),
        _save_as(),
    ),
    "password_protected": lambda _said: (
        say("The workbook is protected with a password."),
        say("Open it with the password, save a copy without one, and bring the copy."),
    ),
    "damaged_file": lambda _said: (
        say("The file is damaged or cut short."),
        say("Download or copy it again; if a spreadsheet program still opens it, save it anew as XLSX or CSV."),
    ),
    "invalid_json": lambda _said: (
        say("The file begins like JSON, but breaks its rules further down."),
        say("Export it again, or save the table as CSV."),
    ),
    "invalid_number": lambda said: (
        say("The file holds a number of more than {limit} digits, which no table has.", limit=said["limit"]),
        say("Export it again, or save the table as CSV."),
    ),
    "too_deep": lambda said: (
        say("Values lie inside one another more than {limit} levels deep: this is no table.", limit=said["limit"]),
        say("Export a table: one record a row, one value a field."),
    ),
    "duplicate_parts": lambda _said: (
        say("The workbook holds two parts of the same name, so that programs disagree about what is in it."),
        say("Open it in a spreadsheet program and save it anew as XLSX."),
    ),
    "forbidden_xml": lambda _said: (
        say("The workbook holds declarations that no spreadsheet program writes, and that can be used for attacks."),
        say("If you trust where it comes from, open it in a spreadsheet program and save it anew as XLSX."),
    ),
    "too_large_unpacked": lambda _said: (
        say("Unpacked, the file would be out of all proportion to its size."),
        say("Open it in a spreadsheet program, delete empty rows and columns, and save it anew."),
    ),
    "too_many_cells": lambda _said: (
        say("The sheet spans more cells than can be read, or has a cell far away from all others."),
        say("Delete stray cells and empty rows and columns, or save the table as CSV."),
    ),
    "too_many_rows": lambda said: (
        say("The file has more than {limit} rows.", limit=said["limit"]),
        say("Split it, by month for instance, and bring the parts."),
    ),
    "too_many_columns": lambda said: (
        say("The table has {count} columns; at most {limit} are read.", count=said["count"], limit=said["limit"]),
        say("Delete the columns that are not needed. Rows and columns may also be swapped."),
    ),
    "took_too_long": lambda _said: (
        say("Reading the file took too long and was stopped."),
        say("Split it, or save it as CSV, which is read many times as fast as a workbook."),
    ),
}
