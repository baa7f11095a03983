"""What every answer of the server says to the browser: what may run, what may be framed, what may be kept."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from streamlit import file_util

_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HASHED = re.compile(r"/static/(?:js|css|media)/[^/]+\Z")  # files of Streamlit's whose name changes with their content
_Header = tuple[bytes, bytes]


@cache
def policy() -> str:
    """The content security policy: this server only, and no inline script but Streamlit's own, known by its hash."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    own = " ".join(f"'sha256-{_digest(script)}'" for script in _INLINE.findall(page))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {own}",
            "style-src 'self' 'unsafe-inline'",  # Streamlit and Vega write their styles into the page
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def guarded(headers: Iterable[_Header], path: str) -> list[_Header]:
    """The headers of an answer with ours in the place of what Streamlit says of other sites and of keeping."""
    kept = [(name, value) for name, value in headers if not _replaced(name.lower(), path)]
    kept += [
        (b"content-security-policy", policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
    if not _HASHED.search(path):
        kept.append((b"cache-control", b"no-store"))
    return kept


def _replaced(name: bytes, path: str) -> bool:
    # No other site is ever let in, whatever a route of Streamlit's says of one.
    return name.startswith(b"access-control-") or (name == b"cache-control" and not _HASHED.search(path))
