"""Child side. Which encoding a text is in: marks first, then a strict ladder, and never silently.

UTF-8 that does not decode is not yet something else: a few bad bytes among good ones are damage, and stay UTF-8.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK = 1 << 20
REPLACED = "\ufffd"
_MARKS = (  # UTF-32 before UTF-16: a UTF-16 text cannot begin with a NUL and mean it
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_ASCII = bytes(range(128, 256))
_CESU_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_JAPANESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]")
_MOSTLY = 0.9  # share of the letters beyond ASCII that must be Japanese for a text to be Shift-JIS


@dataclass(frozen=True)
class Encoding:
    """A codec by its Python name, how many bytes its mark takes, and whether anything but the bytes said so."""

    name: str
    mark: int = 0
    guessed: bool = False


def by_mark(head: bytes) -> Encoding | None:
    """The encoding a byte order mark names, or that NULs in every second place give away; else None."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, len(mark))
    pairs = min(len(head), 8192) // 2
    if pairs >= 4:
        even, odd = head[: 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
        if even > 0.2 * pairs and odd < 0.02 * pairs:
            return Encoding("utf-16-be", guessed=True)
        if odd > 0.2 * pairs and even < 0.02 * pairs:
            return Encoding("utf-16-le", guessed=True)
    return None


def is_utf8(data: bytes) -> bool:
    """Whether the bytes decode, a character cut off at the end forgiven."""
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(data)
    except UnicodeDecodeError:
        return False
    return True


def by_trial(fd: int) -> Encoding:
    """The encoding of a whole file that no mark names; reads it through up to three times."""
    good, bad, pairs = _census(fd)
    if not bad:
        return Encoding("cesu-8", guessed=True) if pairs else Encoding("utf-8")
    if _is_shift_jis(fd):
        return Encoding("cp932", guessed=True)
    # In a Latin text of one byte a letter, a run of bytes is UTF-8 by chance once in thousands.
    if 4 * good >= bad:
        return Encoding("utf-8")
    return Encoding("cp1252" if _decodes(fd, "cp1252") else "latin-1", guessed=True)


def chunks(fd: int, start: int = 0) -> Iterator[bytes]:
    """The file's bytes from `start`, a piece at a time, wherever the descriptor stood before."""
    with open(fd, "rb", closefd=False) as file:
        file.seek(start)
        while chunk := file.read(CHUNK):
            yield chunk


def lines(fd: int, encoding: Encoding) -> Iterator[str]:
    """The physical lines of a text with their ends (LF, CR or CRLF, nothing else ends a line)."""
    cesu = encoding.name == "cesu-8"
    with open(fd, "rb", closefd=False) as file:
        file.seek(encoding.mark)
        name, errors = ("utf-8", "surrogatepass") if cesu else (encoding.name, "replace")
        for line in io.TextIOWrapper(file, name, errors, newline=""):
            # CESU-8 is decoded as if surrogates were letters; each pair is then joined into what it stands for.
            yield line.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace") if cesu else line


def _pieces(fd: int) -> Iterator[bytes]:
    """The file in pieces that end after an ASCII byte, so that no character is cut in two."""
    carry = b""
    for chunk in chunks(fd):
        data = carry + chunk
        cut = len(data.rstrip(_NOT_ASCII))
        carry = data[cut:]
        yield data[:cut]
    yield carry


def _census(fd: int) -> tuple[int, int, int]:
    """How many characters beyond ASCII are UTF-8, how many byte runs are not, and how many are CESU-8 pairs."""
    good = bad = pairs = 0

    def met(error: UnicodeError) -> tuple[str, int]:
        nonlocal bad, pairs
        if not isinstance(error, UnicodeDecodeError):
            raise error
        if _CESU_PAIR.match(error.object, error.start):
            pairs += 1
            return "", error.start + 6
        bad += 1
        return "", error.end

    codecs.register_error("cx-census", met)
    for piece in _pieces(fd):
        if not piece.isascii():
            text = piece.decode("utf-8", "cx-census")
            good += len(text) - len(text.encode("ascii", "ignore"))
    return good, bad, pairs


def _decodes(fd: int, name: str) -> bool:
    try:
        for piece in _pieces(fd):
            piece.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _is_shift_jis(fd: int) -> bool:
    """Whether every byte is Shift-JIS and what it spells is Japanese, kana included: Latin text seldom is the first
    and never the second."""
    decoder = codecs.getincrementaldecoder("cp932")("strict")
    kana = japanese = others = 0
    try:
        for chunk in chunks(fd):
            text = decoder.decode(chunk)
            if not text.isascii():
                kana += len(_KANA.findall(text))
                japanese += len(_JAPANESE.findall(text))
                others += len(text) - len(text.encode("ascii", "ignore"))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return kana > 0 and japanese >= _MOSTLY * others
