"""Child side. A zip looked through before any reader sees it: sizes counted while inflating, headers not believed.

Refuses by name: parts with one name (readers disagree on which counts), encryption, more than 200 bytes out for a byte
in above 4 MB, document type declarations (no honest workbook has one), damage.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from cxcore.read.remarks import Refused

MAX_RATIO = 200
RATIO_FROM = 4_000_000
MAX_UNPACKED = 3_000_000_000
MAX_PARTS = 20_000
_PIECE = 1 << 20
_LOCAL = struct.Struct("<4s5H3L2H")
_ENCRYPTED = 0x1
_FORBIDDEN = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype")
_WIDE_FORBIDDEN = tuple(word.decode().encode(codec) for word in _FORBIDDEN for codec in ("utf-16-le", "utf-16-be"))


class Package:
    """The parts of a zip by name, and their bytes."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            listed = zipfile.ZipFile(file).infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, OSError) as error:
            raise Refused("damaged_file") from error
        if any(info.flag_bits & _ENCRYPTED for info in listed):
            raise Refused("password_protected")
        # Readers of workbooks take names without regard to case and to the kind of slash.
        names = Counter(info.filename.replace("\\", "/").lower().lstrip("/") for info in listed)
        if names and max(names.values()) > 1:
            raise Refused("duplicate_parts")
        if len(listed) > MAX_PARTS:
            raise Refused("too_large_unpacked", limit=MAX_PARTS)
        self._file = file
        self._parts = {info.filename.replace("\\", "/").lstrip("/"): info for info in listed}
        self._unpacked = 0

    @property
    def names(self) -> list[str]:
        """The parts' names as they stand, without a leading slash."""
        return list(self._parts)

    def packed_size(self, name: str) -> int:
        """How many bytes of the file a part takes."""
        return self._parts[name].compress_size

    def read(self, name: str) -> bytes:
        """A whole part."""
        return b"".join(self.pieces(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part's bytes in pieces, each checked before it is handed on."""
        before = b""
        is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
        for piece in self._inflated(self._parts[name]):
            if is_xml:
                probe = before + piece
                if b"!" in probe and any(word in probe for word in _FORBIDDEN):
                    raise Refused("forbidden_xml")
                if b"\x00" in probe and any(word in probe for word in _WIDE_FORBIDDEN):
                    raise Refused("forbidden_xml")
                before = piece[-20:]
            yield piece

    def _inflated(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        self._file.seek(info.header_offset)
        local = self._file.read(_LOCAL.size)
        if len(local) < _LOCAL.size or local[:4] != b"PK\x03\x04":
            raise Refused("damaged_file")
        fields = _LOCAL.unpack(local)
        if fields[2] & _ENCRYPTED:
            raise Refused("password_protected")
        if fields[3] != info.compress_type or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged_file")
        self._file.seek(fields[9] + fields[10], 1)
        left = info.compress_size
        inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
        packed = unpacked = 0
        waiting = b""
        while True:
            if not waiting and left:
                waiting = self._file.read(min(left, _PIECE))
                if not waiting:
                    raise Refused("damaged_file")
                left -= len(waiting)
                packed += len(waiting)
            if inflater is None:
                piece, waiting = waiting, b""
            else:
                try:
                    piece = inflater.decompress(waiting, _PIECE)
                except zlib.error as error:
                    raise Refused("damaged_file") from error
                waiting = inflater.unconsumed_tail
            unpacked += len(piece)
            self._unpacked += len(piece)
            # What waits is packed too: counting it as used would let a bomb begin with its fuse.
            if unpacked > RATIO_FROM and unpacked > MAX_RATIO * max(packed - len(waiting), 1):
                raise Refused("too_large_unpacked", limit=MAX_RATIO)
            if self._unpacked > MAX_UNPACKED:
                raise Refused("too_large_unpacked", limit=MAX_UNPACKED)
            if piece:
                yield piece
            elif not left and not waiting:
                if inflater is not None and not inflater.eof:
                    raise Refused("damaged_file")
                return
            if inflater is not None and inflater.eof:
                return
