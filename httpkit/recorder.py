"""Recorder: hears of everything that httpkit sends and serves, and keeps it as exchanges.

It listens on Node's diagnostics channels, so that nobody pays for it while there is none. What it keeps is limited in
number and in bytes: the oldest goes first.
"""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Any, Self

from .client_request import ClientRequest
from .diagnostics import CLIENT_REQUEST_CREATED, CLIENT_REQUEST_ERROR, SERVER_REQUEST_START
from .exchange import Exchange, observed
from .messages import SocketFacts
from .observer import ClientObserver, Observer, ServerObserver

# Exchanges, and bytes of their bodies, that are kept.
MAX_EXCHANGES = 1_000
MAX_BYTES = 100_000_000


@dataclass(frozen=True)
class Entry:
    """An exchange under its number; `served` is the same one as a server of this program saw it, `error` its end."""

    number: int
    exchange: Exchange
    served: Exchange | None = None
    error: BaseException | None = None


class _Record:
    """One exchange, watched until it is over; `served` is the server's view of it."""

    def __init__(self, number: int, observer: Observer) -> None:
        self.number = number
        self.observer: Observer | None = observer
        self.exchange: Exchange | None = None
        self.served: _Record | None = None
        self.error: BaseException | None = None

    def finish(self, *_: Any) -> None:
        """Let go of sockets and messages, and keep what was seen."""
        self.exchange, self.observer = self.seen(), None

    def seen(self) -> Exchange:
        """The exchange, as far as it has come."""
        if self.exchange is None:
            assert self.observer is not None
            return observed(self.observer)
        return self.exchange

    def entry(self) -> Entry:
        return Entry(self.number, self.seen(), self.served.seen() if self.served is not None else None, self.error)

    @property
    def size(self) -> int:
        """Bytes of the bodies, once it is over."""
        exchange = self.exchange
        own = exchange.request.payload.size + exchange.response.payload.size if exchange is not None else 0
        return own + (self.served.size if self.served is not None else 0)

    def is_sent_over(self, socket: SocketFacts) -> bool:
        """Whether it is a client's, on its way over the connection whose other end is `socket`."""
        observer = self.observer
        return isinstance(observer, ClientObserver) and (socket.remote, socket.local) == observer.ends()


class Recorder:
    """Keeps the exchanges of this program, clients' and servers', from `start()` to `stop()`."""

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_exchanges, self._max_bytes = max_exchanges, max_bytes
        self._records: deque[_Record] = deque()
        self._count = 0
        # Records come on the loop's thread, and are asked for from others.
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Recorder {len(self._records)} exchanges>"

    def start(self) -> Self:
        """Record from now on."""
        self.stop()
        CLIENT_REQUEST_CREATED.subscribe(self._on_client_request)
        CLIENT_REQUEST_ERROR.subscribe(self._on_client_error)
        SERVER_REQUEST_START.subscribe(self._on_server_request)
        return self

    def stop(self) -> None:
        """Record no more; what there is stays."""
        CLIENT_REQUEST_CREATED.unsubscribe(self._on_client_request)
        CLIENT_REQUEST_ERROR.unsubscribe(self._on_client_error)
        SERVER_REQUEST_START.unsubscribe(self._on_server_request)

    def clear(self) -> None:
        """Forget what was recorded; numbers go on."""
        with self._lock:
            self._records.clear()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What there is, in the order in which it began; a server's view stands beside its client's."""
        with self._lock:
            records = list(self._records)
        return tuple(record.entry() for record in records)

    # --- what is heard

    def _on_client_request(self, message: dict[str, Any], _: str) -> None:
        req: ClientRequest = message["request"]
        record = self._add(ClientObserver.of(req))
        req.on("close", record.finish)

    def _on_client_error(self, message: dict[str, Any], _: str) -> None:
        observer = message["request"]._observer
        with self._lock:
            for record in self._records:
                if record.observer is observer is not None:
                    record.error = message["error"]

    def _on_server_request(self, message: dict[str, Any], _: str) -> None:
        res = message["response"]
        observer = ServerObserver(message["request"], res, message["server"].SCHEME)
        with self._lock:
            asked = next((each for each in self._records if each.is_sent_over(observer.socket())), None)
        if asked is None:
            record = self._add(observer)
        else:
            record = asked.served = _Record(asked.number, observer)
        res.on("close", record.finish)

    def _add(self, observer: Observer) -> _Record:
        with self._lock:
            self._count += 1
            record = _Record(self._count, observer)
            self._records.append(record)
            total = sum(each.size for each in self._records)
            while len(self._records) > 1 and (len(self._records) > self._max_exchanges or total > self._max_bytes):
                total -= self._records.popleft().size
            return record

