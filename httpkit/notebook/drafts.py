"""A request that has not been sent yet, and the sending of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from httpkit.errors import NodeError
from httpkit.exchange import Exchange, send

from . import redact
from .mistakes import Mistake, failed_request


@dataclass
class Draft:
    """What is to be sent; `timeout` is in milliseconds."""

    method: str
    url: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""
    timeout: float = 30_000


def exchange_for(draft: Draft) -> Exchange:
    """Send a request and wait for its answer. Raises Mistake where none comes."""
    started = time.monotonic()
    try:
        return send(draft.method, draft.url, _framed(draft), draft.body, timeout=draft.timeout)
    except NodeError as error:
        raise failed_request(error, draft.url) from None
    except KeyboardInterrupt:
        waited = time.monotonic() - started
        raise Mistake(
            f"Stopped waiting for {redact.text(draft.url)} after {waited:.1f} s; no whole answer had come."
        ) from None


def _framed(draft: Draft) -> list[tuple[str, str]]:
    """The headers, with the length of the body: a GET or DELETE says none by itself, and its body would be lost."""
    given = {name.lower() for name, _ in draft.headers}
    if not draft.body or given & {"content-length", "transfer-encoding"}:
        return draft.headers
    return [*draft.headers, ("Content-Length", str(len(draft.body)))]
