"""Recorder: hears of everything that httpkit sends and serves, and keeps it as exchanges.

It listens on Node's diagnostics channels, so that nobody pays for it while there is none. What it keeps is limited in
number and in bytes: the oldest goes first.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from .client_request import ClientRequest
from .diagnostics import CLIENT_REQUEST_CREATED, CLIENT_REQUEST_ERROR, SERVER_REQUEST_START
from .errors import NodeError
from .exchange import Exchange, observed
from .messages import SocketFacts
from .observer import ClientObserver, Observer, ServerObserver

# Exchanges that are kept, and bytes of their bodies and of what was seen on the wire.
MAX_EXCHANGES = 10_000
MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class Entry:
    """An exchange under its number; `served` is the same one as a server of this program saw it, `error` its end.

    `is_pending`: more may come of it.
    """

    number: int
    exchange: Exchange
    served: Exchange | None = None
    error: NodeError | None = None
    is_pending: bool = False


class _Record:
    """One exchange, watched until it is over; `served` is the server's view of it, `size` the bytes that both keep."""

    def __init__(self, observer: Observer | None, number: int, exchange: Exchange | None = None) -> None:
        self.number = number
        self.observer = observer
        self.exchange = exchange
        self.served: _Record | None = None
        self.error: NodeError | None = None
        self.size = 0

    def finish(self) -> int:
        """Let go of sockets and messages, and keep what was seen; gives its bytes."""
        exchange = self.seen()
        # In this order, as others may be looking.
        self.exchange, self.observer = exchange, None
        return _bytes_of(exchange)

    def seen(self) -> Exchange:
        """The exchange, as far as it has come."""
        observer = self.observer
        if observer is not None:
            return observed(observer)
        assert self.exchange is not None
        return self.exchange

    def entry(self) -> Entry:
        is_pending = self.observer is not None and self.error is None
        served = self.served.seen() if self.served is not None else None
        return Entry(self.number, self.seen(), served, self.error, is_pending)

    def is_sent_over(self, socket: SocketFacts) -> bool:
        """Whether it is a client's, on its way over the connection whose other end is `socket`."""
        observer = self.observer
        ends = socket.remote, socket.local
        return isinstance(observer, ClientObserver) and any(ends) and ends == observer.ends()


def _bytes_of(exchange: Exchange) -> int:
    bodies = exchange.request.payload.size + exchange.response.payload.size
    return bodies + len(exchange.wire.sent) + len(exchange.wire.received)


def _in_words(error: BaseException) -> NodeError:
    """The same error, without the frames of those whom it was raised in: they hold sockets and messages."""
    return NodeError(str(error), str(getattr(error, "code", "")) or type(error).__name__)


class Recorder:
    """Keeps the exchanges of this program, clients' and servers', from `start()` to `stop()`."""

    def __init__(self, max_exchanges: int = MAX_EXCHANGES, max_bytes: int = MAX_BYTES) -> None:
        self._max_exchanges, self._max_bytes = max_exchanges, max_bytes
        # By their numbers, the oldest first.
        self._records: dict[int, _Record] = {}
        # Those of them that are not over yet.
        self._pending: set[_Record] = set()
        self._listeners: tuple[Callable[[int], None], ...] = ()
        self._bytes = 0
        self._count = 0
        # Records come on the loop's thread, and are asked for from others.
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Recorder {len(self._records)} exchanges>"

    @property
    def is_running(self) -> bool:
        return self._on_client_request in CLIENT_REQUEST_CREATED.subscribers

    def start(self) -> Self:
        """Record from now on, or go on with it."""
        if not self.is_running:
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
            while self._records:
                self._forget_oldest()
            last = self._count
        self._tell(last)

    def add(self, exchange: Exchange) -> int:
        """Keep an exchange that was made elsewhere, such as one of a HAR file; gives its number."""
        with self._lock:
            self._count += 1
            number = self._count
            record = _Record(None, number, exchange)
            record.size = _bytes_of(exchange)
            self._records[number] = record
            self._bytes += record.size
            self._keep_limits()
        self._tell(number)
        return number

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What there is, in the order in which it began; a server's view stands beside its client's."""
        with self._lock:
            records = list(self._records.values())
        return tuple(record.entry() for record in records)

    def entry(self, number: int) -> Entry | None:
        """The exchange with a number, if it is still kept."""
        with self._lock:
            record = self._records.get(number)
        return record.entry() if record is not None else None

    @property
    def numbers(self) -> range:
        """The numbers of what there is."""
        with self._lock:
            return range(self._count + 1 - len(self._records), self._count + 1)

    @property
    def pending(self) -> frozenset[int]:
        """The numbers of those that are not over yet."""
        with self._lock:
            return frozenset(record.number for record in self._pending)

    def on_change(self, listener: Callable[[int], None]) -> Callable[[], None]:
        """Call `listener(number)` when an exchange begins, is answered by a server of this program, or ends.

        It is called on the loop that the exchange lives on, and should only take note. Gives a function that ends it.
        """

        # A function of its own, so that the same listener can be there twice.
        def tell(number: int) -> None:
            listener(number)

        self._listeners = (*self._listeners, tell)

        def forget() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not tell)

        return forget

    def _tell(self, number: int) -> None:
        for listener in self._listeners:
            listener(number)

    # --- what is heard

    def _on_client_request(self, message: dict[str, Any], _: str) -> None:
        req: ClientRequest = message["request"]
        record = self._add(ClientObserver.of(req))
        req.on("close", lambda: self._finish(record, record))

    def _on_client_error(self, message: dict[str, Any], _: str) -> None:
        observer = message["request"]._observer
        with self._lock:
            for record in self._pending:
                if record.observer is observer:
                    record.error = _in_words(message["error"])
                    failed = record.number
                    break
            else:
                return
        self._tell(failed)

    def _on_server_request(self, message: dict[str, Any], _: str) -> None:
        res = message["response"]
        observer = ServerObserver(message["request"], res, message["server"].SCHEME)
        with self._lock:
            asked = next((each for each in self._pending if each.is_sent_over(observer.socket())), None)
        if asked is None:
            record = asked = self._add(observer)
        else:
            record = asked.served = _Record(observer, asked.number)
            self._tell(asked.number)
        res.on("close", lambda: self._finish(record, asked))

    # --- what is kept

    def _add(self, observer: Observer) -> _Record:
        with self._lock:
            self._count += 1
            record = _Record(observer, self._count)
            self._records[record.number] = record
            self._pending.add(record)
            self._keep_limits()
        self._tell(record.number)
        return record

    def _finish(self, record: _Record, listed: _Record) -> None:
        """`record` is over; its bodies count for the one that is `listed`, itself or its client's."""
        size = record.finish()
        with self._lock:
            self._pending.discard(record)
            listed.size += size
            is_kept = listed.number in self._records
            if is_kept:
                self._bytes += size
                self._keep_limits()
        if is_kept:
            self._tell(listed.number)

    def _keep_limits(self) -> None:
        while len(self._records) > 1 and (len(self._records) > self._max_exchanges or self._bytes > self._max_bytes):
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = self._records.pop(next(iter(self._records)))
        self._pending.discard(oldest)
        self._bytes -= oldest.size
