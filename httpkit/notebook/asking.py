"""Sending a draft and waiting for its exchange, in the words of the notebook."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from httpkit import redact
from httpkit.draft import IDLE, Draft
from httpkit.errors import NodeError
from httpkit.exchange import Exchange, Sending

from .failures import failure
from .mistakes import Mistake
from .recording import recorder

Watch = Callable[[Exchange], None]


def deliver(draft: Draft, watch: Watch | None = None) -> Exchange:
    """Send a request and wait for its answer; `watch` sees ten times a second what has come so far.

    An interrupt ends the waiting: what has come of an answer is the exchange then, and not `complete`. Raises Failure
    where no answer comes, Mistake where the interrupt comes before it. A stream of events that falls silent for
    `Delivery.idle` is not complete, and no failure.
    """
    started = monotonic()
    sending = None
    recorder.start()
    try:
        sending = Sending(draft if _is_limited(draft) else draft.delivered(idle=IDLE))
        return sending.result(_looking(watch))
    except NodeError as error:
        if (silent := _silent_stream(error)) is not None:
            return silent
        raise failure(error, draft.method, draft.url) from None
    except OSError as error:
        # A file of the body, or the one that the answer goes to.
        raise Mistake(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.") from None
    except KeyboardInterrupt:
        so_far = sending.so_far if sending is not None else None
        if so_far is not None and so_far.response.statusCode:
            return replace(so_far, complete=False)
        waited = monotonic() - started
        raise Mistake(
            f"Stopped waiting for {redact.url(draft.url)} after {waited:.1f} s; no answer had come."
        ) from None


def _is_limited(draft: Draft) -> bool:
    return bool(draft.delivery.idle or draft.delivery.timeout)


def _silent_stream(error: NodeError) -> Exchange | None:
    exchange = error.exchange
    if not isinstance(exchange, Exchange) or getattr(error, "code", "") != "ETIMEDOUT":
        return None
    return exchange if str(exchange.headers.get("content-type", "")).startswith("text/event-stream") else None


def _looking(watch: Watch | None) -> Callable[[Sending], None] | None:
    if watch is None:
        return None

    def look(sending: Sending) -> None:
        so_far = sending.so_far
        if so_far is not None:
            watch(so_far)

    return look
