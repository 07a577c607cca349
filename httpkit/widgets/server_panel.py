"""ServerPanel: where a server listens, what it is asked and by whom, and whether something holds it up."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable, Iterator
from threading import get_ident
from typing import Any

from traitlets import Bool, Int, observe

from httpkit.errors import SystemCallError
from httpkit.exchange import Exchange
from httpkit.notebook.html import join, prose, tag, visible
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.recording import recorder
from httpkit.notebook.serving import Served, close, closed, servers
from httpkit.notebook.urls import link_to, shortened, target_of
from httpkit.notebook.views import server as server_view
from httpkit.observer import MAX_BODY
from httpkit.recorder import Entry
from httpkit.server import Server
from httpkit.server_connection import ServerConnection

from .live import Live, Message
from .loop_watch import Hold, LoopWatch

# Requests that are listed, and those that may be new in one go: the others follow in the next.
MAX_ROWS = 500
_ROWS_AT_ONCE = 60
# Numbers of the recorder that are looked through for the requests there were before the panel.
_LOOKED_THROUGH = 2_000
_CONNECTIONS = 8
# Seconds between two updates, and between two values of the loop's lag.
_UPDATE = 0.125
_BEAT = 1.0
_BEATS = 60
# Seconds that a panel watches without a view: with "Run all Cells" they open after the last cell.
_UNSEEN = 60.0
# Characters of a path that a row has room for.
_LONGEST = 300


class ServerPanel(Live):
    """A server's address, its requests and connections as they come, a switch, and what holds its event loop.

    Takes an `http.Server`, an `https.Server`, or what `%%serve` and `serve()` give. Traits: `running`, whether it
    listens, which starts and stops it; `height` of the log, in pixels.
    """

    LABEL = "Server"
    # A notebook that stops its servers in the end should not read as if they had never run.
    STAND_IN_FOLLOWS = False

    running = Bool(False, help="Whether the server listens; set it to start or to stop it").tag(sync=True)
    height = Int(240, help="How high the list of requests is, in pixels", min=60).tag(sync=True)

    def __init__(self, server: Server | Served, **traits: Any) -> None:
        self._served = server if isinstance(server, Served) else None
        self._server = server.server if isinstance(server, Served) else server
        self._watch: LoopWatch | None = None
        # When to end it if no view has opened until then.
        self._unseen_until = 0.0
        # The thread that sets `running` to what is so already.
        self._follower = 0
        # For what both the watch's thread and the kernel's tell.
        self._lock = threading.Lock()
        self._watching = threading.Lock()
        self._forget_view()
        self._last_hold: Hold | None = None
        self._address = self._where()
        super().__init__(**{"running": self._server.listening, **traits})

    def __repr__(self) -> str:
        return f"<ServerPanel of {self._server!r}>"

    def start(self) -> None:
        """Listen again where it did, with the same handler. Raises Mistake where that is not possible."""
        if not self._server.listening:
            self._listen()
        self.running = True

    def stop(self) -> None:
        """Stop listening, and close all connections."""
        if self._server.listening:
            self._address = self._where()
            close(self._server)
        self.running = False

    def to_html(self) -> str:
        return server_view.html(self._served) if self._served else server_view.node_html(self._server)

    def to_text(self) -> str:
        return server_view.text(self._served) if self._served else server_view.node_text(self._server)

    # --- the switch

    @observe("running")
    def _switch(self, change: Any) -> None:
        if change.new == self._server.listening or get_ident() == self._follower:
            return
        try:
            self.start() if change.new else self.stop()
        except Mistake:
            self.running = self._server.listening
            raise

    def _listen(self) -> None:
        try:
            self._server.listen(*self._address)
        except SystemCallError as error:
            raise Mistake(_unavailable(error, self._address)) from None
        self._address = self._where()
        if self._served is not None:
            # Where %%serve finds it, to exchange its handler.
            servers[self._server.port] = self._served

    def _where(self) -> tuple[Any, ...]:
        """What `listen` is given to listen there again: while it does not, what was known before."""
        address = self._server.address()
        if isinstance(address, str):
            return (address,)
        if address is None:
            return getattr(self, "_address", (0,))
        return address["port"], address["address"]

    def _do_start(self) -> None:
        self.start()

    def _do_stop(self) -> concurrent.futures.Future[None]:
        # Not waited for: a handler may hold the loop.
        self._address = self._where()
        return self._server._home.start(closed(self._server))

    # --- what views are told

    def _start(self) -> Iterator[Callable[[], None]]:
        recorder.start()
        yield recorder.on_change(self._note)
        self._find_rows()
        self._begin_to_watch()

    def _stop(self) -> None:
        self._end_watch()
        self._forget_view()

    def _ipython_display_(self, **given: Any) -> None:
        super()._ipython_display_(**given)
        # Cells that follow may be run before the view opens, and what they hold up is to be seen in it.
        self._unseen_until = time.monotonic() + _UNSEEN
        self._begin_to_watch()

    def _begin_to_watch(self) -> None:
        with self._watching:
            if self._watch is None:
                self._watch = LoopWatch(self._server._home, self._look).start()

    def _end_watch(self, *, only_unseen: bool = False) -> None:
        with self._watching:
            if only_unseen and (self.is_open or time.monotonic() < self._unseen_until):
                return
            watch, self._watch = self._watch, None
        if watch is not None:
            watch.stop()

    def _forget_view(self) -> None:
        # The requests that are listed, by number, and the numbers of those that have changed.
        self._rows: dict[int, Message] = {}
        self._changed: dict[int, None] = {}
        self._facts: Message = {}
        self._lags: list[float] = []
        self._updated_at = self._beat_at = 0.0

    def _find_rows(self) -> None:
        for number in reversed(recorder.numbers[-_LOOKED_THROUGH:]):
            row = self._row(number)
            if row is not None:
                self._rows[number] = row
            if len(self._rows) == MAX_ROWS:
                break

    def _do_catch_up(self) -> Message:
        """All there is, for a view that has just begun to hear what changes."""
        with self._lock:
            return {"facts": self._see(), "rows": list(self._rows.values()), "lags": self._lags, "most": MAX_ROWS}

    def _do_dismiss(self) -> None:
        self._last_hold = None

    def _note(self, number: int) -> None:
        """Called for every request of the program, on its loop: takes note and does no more."""
        self._changed[number] = None

    def _look(self) -> None:
        """Called by the watch, again and again, whatever cells and handlers do."""
        self._end_watch(only_unseen=True)
        self._follower = get_ident()
        now = time.monotonic()
        if now - self._updated_at >= _UPDATE:
            self._updated_at = now
            with self._lock:
                self._tell_facts()
                self._tell_rows()
                self._tell_lag(now)
            # Others start and stop the server, too.
            self.running = self._server.listening

    def _tell_facts(self) -> None:
        facts = self._see()
        changed = {name: value for name, value in facts.items() if value != self._facts.get(name)}
        if changed:
            self._facts = facts
            self.tell("facts", facts=changed)

    def _tell_rows(self) -> None:
        numbers = list(self._changed)[-MAX_ROWS:]
        for number in list(self._changed)[:-MAX_ROWS]:
            self._changed.pop(number, None)
        for number in numbers[:_ROWS_AT_ONCE]:
            # Before it is looked at: what changes meanwhile is a change again.
            self._changed.pop(number, None)
        found = [row for number in numbers[:_ROWS_AT_ONCE] if (row := self._row(number)) is not None]
        if found:
            self._rows.update((row["number"], row) for row in found)
            for number in sorted(self._rows)[:-MAX_ROWS]:
                del self._rows[number]
            self.tell("rows", rows=found)

    def _tell_lag(self, now: float) -> None:
        if self._watch is None or now - self._beat_at < _BEAT:
            return
        self._beat_at = now
        lag = round(self._watch.take_lag(), 1)
        self._lags = [*self._lags, lag][-_BEATS:]
        self.tell("lag", lag=lag)

    # --- what there is to see

    def _see(self) -> Message:
        watch = self._watch
        if watch is not None and watch.last_hold is not None:
            self._last_hold, watch.last_hold = watch.last_hold, None
        hold = watch.hold if watch is not None else None
        listening = self._server.listening
        if listening:
            self._address = self._where()
        connections = _connections_of(self._server)
        return {
            "listening": listening,
            "url": self._url() if listening else "",
            "port": self._server.port,
            "scheme": self._server.SCHEME,
            "news": server_view.news(self._served) if self._served else "",
            "hints": self._hints(),
            "open": len(connections),
            "connections": connections[:_CONNECTIONS],
            "hold": _hold(hold),
            "lastHold": _hold(self._last_hold),
        }

    def _url(self) -> str:
        return self._served.url if self._served else link_to(self._server.url)

    def _hints(self) -> str:
        hints = self._served.hints if self._served else ()
        return join(tag("p", prose(hint), class_="httpkit-hint") for hint in hints)

    def _row(self, number: int) -> Message | None:
        """A request of this server as a row; None where it is another's, or no longer kept."""
        entry = recorder.entry(number)
        served = _served_side(entry) if entry is not None else None
        if entry is None or served is None or not served.socket.local.endswith(f":{self._address[0]}"):
            return None
        return _row(entry, served)


def _served_side(entry: Entry) -> Exchange | None:
    if entry.served is not None:
        return entry.served
    return entry.exchange if entry.exchange.side == "server" else None


def _row(entry: Entry, served: Exchange) -> Message:
    """Times in ms, `at` since 1970. Without secrets, also those that only the client's side knows as such."""
    veil = served.veil | entry.exchange.veil
    path = visible(veil.url(target_of(served.request.url)))
    is_over = served.complete or not entry.is_pending
    return {
        "number": entry.number,
        "at": served.started_at.timestamp() * 1000 if served.started_at else 0,
        "method": visible(veil.text(served.request.method)),
        "path": shortened(path, _LONGEST),
        "status": served.status,
        "ms": round(served.phases.total, 3) if is_over and served.status else None,
        "size": served.response.payload.size if served.status else None,
        "isOver": is_over,
        "isCut": not entry.is_pending and (entry.error is not None or not _is_finished(served)),
    }


def _is_finished(served: Exchange) -> bool:
    """Whether all of the answer was handed over, as far as is known: of a large one not all is kept."""
    is_handed_over = any(moment.what == "finish" for moment in served.moments)
    return served.complete or is_handed_over or served.wire.sent_size > MAX_BODY


def _connections_of(server: Server) -> list[Message]:
    """By remote port."""
    # Copies, which take one step: the loop may be changing the sets.
    connections, sockets = list(server._connections), set(server._sockets)
    shown = [
        {"port": each.socket.remotePort, "served": each.requests_seen, "state": _state_of(each)} for each in connections
    ]
    # Over TLS it is the socket below that was accepted.
    known = {socket for each in connections for socket in (each.socket, getattr(each.socket, "_plain", None))}
    # Those speak another protocol by now, such as WebSocket; over TLS they may also be about to begin.
    state = "upgraded" if server.SCHEME == "http" else "open"
    shown += [{"port": socket.remotePort, "served": None, "state": state} for socket in sockets - known]
    return sorted(shown, key=lambda each: each["port"] or 0)


def _state_of(connection: ServerConnection) -> str:
    if connection.responses:
        return "busy"
    return "idle" if connection.requests_seen else "new"


def _hold(hold: Hold | None) -> Message | None:
    if hold is None:
        return None
    place = hold.place
    return {
        "place": f"{place.name}, line {place.line}",
        "source": place.source,
        "seconds": round(hold.seconds, 1),
        "until": hold.until * 1000,
    }


def _unavailable(error: SystemCallError, address: tuple[Any, ...]) -> str:
    if error.code == "EADDRINUSE":
        return f"Port {address[0]} is taken by another server by now. Stop that one first, then start this one again."
    return f"The server cannot listen on {address[0]}: {error}"


# Those that show servers which are a cell's result, to be shown again with the server.
_panels: dict[Server, ServerPanel] = {}


def panel_of(server: Server | Served) -> ServerPanel:
    """The panel that notebooks show for a server: one for each, however often it is shown."""
    key = server.server if isinstance(server, Served) else server
    for each, panel in list(_panels.items()):
        if panel.comm is None:
            # It was closed.
            del _panels[each]
    if key not in _panels:
        _panels[key] = ServerPanel(server)
    return _panels[key]
