"""Programs on an event loop, and what they wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Main = Callable[[], Coroutine[Any, Any, Any]]


def happens(emitter: Any, name: str) -> asyncio.Future[Any]:
    """The first argument of the next `name`."""
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    emitter.once(name, lambda *args: future.set_result(args[0] if args else None))
    return future
