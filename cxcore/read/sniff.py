"""Child side. What a file is, by its first bytes; its name and extension are not believed."""

from __future__ import annotations

import re
from typing import Literal

from cxcore.read.remarks import Refused

Kind = Literal["text", "zip", "xls", "parquet", "json", "html"]

HEAD = 65_536  # bytes of the file that decide what it is
_ARCHIVES = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
}
_STRANGERS = {
    b"\x7fELF": "program",
    b"SQLite format 3\x00": "SQLite",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"II*\x00": "image",
    b"MM\x00*": "image",
    b"RIFF": "media",
    b"{\\rtf": "RTF",
    b"\x80\x04\x95": "pickle",
    b"\x80\x05\x95": "pickle",
}
_LATER = {b"ARROW1": "Arrow", b"Obj\x01": "Avro", b"$FL2": "SPSS"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_JSON = re.compile(rb'\s*(\{\s*["}]|\[\s*(["{\[\]]|-?\d|null|true|false))')
_LONE_VALUE = re.compile(rb'\s*("[^"\n]*"|-?\d[\d.eE+-]*|true|false|null)\s*')
# Streams and storages of an OLE container, by which program writes them.
_OLE_OWNERS = (
    ("WordDocument", "Word"),
    ("PowerPoint Document", "PowerPoint"),
    ("__properties_version1.0", "Outlook"),
    ("VisioDocument", "Visio"),
)
_MAIL = re.compile(rb"(?im)^(from|to|subject|received|return-path|message-id|mime-version|delivered-to|date): ")
_TEXT_CONTROLS = bytes(c for c in range(1, 32) if c not in b"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f")


def kind(head: bytes, whole: bytes, extension: str) -> Kind:
    """Which reader this is for; refuses by name what is for none.

    `head` are the first bytes, `whole` as much of the file as is needed to look inside an OLE container or a page.
    """
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty_file")
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        if extension == "zip":
            raise Refused("archive_not_supported", format="zip")
        return "zip"
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise Refused("password_protected")
    if head.startswith(_OLE):
        return _in_container(whole)
    _refuse_binary(head)
    if _is_page(head, whole):
        return "html"
    if _JSON.match(_plain(head)):
        return "json"
    if extension == "json" and _LONE_VALUE.fullmatch(_plain(head)):
        raise Refused("not_a_table", format="JSON")
    if len(_MAIL.findall(head[:2000])) >= 2 and _MAIL.match(head):
        raise Refused("not_a_table", format="e-mail")
    return "text"


def _plain(head: bytes) -> bytes:
    """The head as UTF-8 where a mark says UTF-16, without its mark in any case."""
    for mark, name in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head[2:4096].decode(name, "replace").encode("utf-8", "replace")
    return head.removeprefix(b"\xef\xbb\xbf")


def _in_container(whole: bytes) -> Kind:
    """An OLE container holds a workbook, a locked one, or what other programs keep in it."""
    if "EncryptedPackage".encode("utf-16-le") in whole:
        raise Refused("password_protected")
    for stream, owner in _OLE_OWNERS:
        if f"{stream}\0".encode("utf-16-le") in whole:
            raise Refused("not_a_spreadsheet", format=owner)
    if any(f"{name}\0".encode("utf-16-le") in whole for name in ("Workbook", "Book", "WORKBOOK", "BOOK")):
        return "xls"
    raise Refused("not_a_spreadsheet", format="OLE")


def _refuse_binary(head: bytes) -> None:
    for magic, name in _ARCHIVES.items():
        if head.startswith(magic):
            raise Refused("archive_not_supported", format=name)
    if head[257:262] == b"ustar":
        raise Refused("archive_not_supported", format="tar")
    for magic, name in _STRANGERS.items():
        if head.startswith(magic):
            raise Refused("not_a_spreadsheet", format=name)
    if head.startswith(b"MZ") and (b"\x00" in head[:64] or b"\x90" in head[:64]):
        raise Refused("not_a_spreadsheet", format="program")
    if head[8:12] == b"DUCK":
        raise Refused("not_a_spreadsheet", format="DuckDB")
    if b"%PDF-" in head[:1024]:
        raise Refused("not_a_spreadsheet", format="PDF")
    for magic, name in _LATER.items():
        if head.startswith(magic):
            raise Refused("unsupported_format", format=name)
    # NULs are left out of the count: UTF-16 is half NULs, and a crashed writer leaves kilobytes of them.
    text = head.replace(b"\x00", b"")
    if len(text) - len(text.translate(None, _TEXT_CONTROLS)) > max(5, 0.05 * len(text)):
        raise Refused("not_a_spreadsheet", format="binary")


def _is_page(head: bytes, whole: bytes) -> bool:
    """Whether this is a page with a table; refuses other markup."""
    start = _plain(head).lstrip()[:4096].lower()
    if start.startswith(b"<?xml") or start.startswith(b"<workbook"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in start:
            raise Refused("unsupported_format", format="Excel 2003 XML")
        if b"<svg" in start:
            raise Refused("not_a_spreadsheet", format="SVG")
        if b"<html" not in start:
            raise Refused("unsupported_format", format="XML")
    if start.startswith(b"<svg"):
        raise Refused("not_a_spreadsheet", format="SVG")
    if re.match(rb"<(\?xml|!doctype html|html|head|body|table|meta|title|div)[\s>?]", start):
        if b"<table" in whole.replace(b"\x00", b"").lower():
            return True
        raise Refused("html_page")
    return False
