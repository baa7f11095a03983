"""The server round the pages: the gate every request passes, the quiet log, the sweeper that runs beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.middleware import Middleware
from streamlit.starlette import App

from cxcore import store
from pages.ui import headers, logs, sweeper
from pages.ui.gate import Gate

MIDDLEWARE = [Middleware(Gate)]


@asynccontextmanager
async def lifespan(_app: App) -> AsyncIterator[None]:
    """What runs as long as the server does."""
    logs.install()
    sweeper.frugal()
    headers.policy()  # a Streamlit whose page cannot be read is found out now, not by the first visitor
    sweeping = asyncio.create_task(sweeper.sweep_on(store.home()))
    try:
        yield
    finally:
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
