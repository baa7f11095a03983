"""Brings the catalogues up to date with every sentence in the source: `make locale`.

New sentences come in empty, changed ones marked fuzzy, dropped ones are removed. The test of the same name's module
fails on any that is left empty or fuzzy.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "cxcore" / "locale"
KEYWORDS = {"say": None, "say_many": (1, 2)}


def sources() -> list[Path]:
    """Every file a person may read a sentence of."""
    core = sorted((ROOT / "cxcore").rglob("*.py"))
    return [path for path in (ROOT / "app.py", *sorted((ROOT / "pages").rglob("*.py")), *core) if path.exists()]


def template() -> Catalog:
    """A catalogue of all sentences in the source, without translations."""
    catalogue = Catalog(project="CX Notebook", charset="utf-8")
    for path in sources():
        with path.open("rb") as handle:
            for line, message, comments, context in extract("python", handle, KEYWORDS):  # type: ignore[arg-type]
                name = path.relative_to(ROOT).as_posix()
                del line  # line numbers would change the catalogue with every edit
                catalogue.add(message, None, [(name, None)], auto_comments=comments, context=context)  # type: ignore[list-item]
    return catalogue


def read(lang: str) -> Catalog:
    """A language's catalogue as it stands."""
    path = LOCALE / lang / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=lang, project="CX Notebook", charset="utf-8")
    with path.open("rb") as handle:
        return read_po(handle, locale=lang, domain="messages")


def write(lang: str, catalogue: Catalog) -> None:
    """Writes a language's catalogue, sorted, so that two people's additions meet in different places."""
    path = LOCALE / lang / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, catalogue, sort_output=True, omit_header=False, width=120, ignore_obsolete=True)
    lines = [line for line in text.getvalue().decode().splitlines()
             if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By'))]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Updates both catalogues."""
    for lang in ("en", "it"):
        catalogue = read(lang)
        catalogue.update(template(), no_fuzzy_matching=True)
        write(lang, catalogue)
        missing = [message.id for message in catalogue if message.id and not any(message.string or ())]
        print(f"{lang}: {len(catalogue)} sentences, {len(missing) if lang == 'it' else 0} to translate")


if __name__ == "__main__":
    main()
