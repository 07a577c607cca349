"""AgentView: the sockets of an Agent while requests come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from traitlets import Int

from httpkit.agent import Agent
from httpkit.diagnostics import CLIENT_REQUEST_CREATED
from httpkit.global_agents import global_agent
from httpkit.notebook.html import Html, card, join, table, tag

from .live import Live, Message
from .pool import Pool
from .ticker import Ticker

# ms between two looks.
_INTERVAL = 100


class AgentView(Live):
    """The pool of an Agent, by default of the global one: sockets in use, free ones, and requests that wait for one.

    Traits, which only the widget sets: `busy`, `free` and `waiting`, how many there are of each.

    Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpagent
    """

    LABEL = "Agent"

    busy = Int(0, help="Sockets that carry a request").tag(sync=True)
    free = Int(0, help="Sockets that are open and wait for the next request").tag(sync=True)
    waiting = Int(0, help="Requests that wait for a socket").tag(sync=True)

    def __init__(self, agent: Agent | None = None, **traits: Any) -> None:
        self.agent = agent if agent is not None else global_agent()
        self._pool = Pool(self.agent)
        self._told: Message | None = None
        super().__init__(**traits)

    def to_html(self) -> str:
        now = self._look()
        rows = [row for origin in now["origins"] for row in _rows(origin)]
        heads = ("Origin", "Socket", "State", "Requests")
        shown = table("Sockets", heads, rows) if rows else tag("p", "No socket is open.")
        return card("Agent", tag("p", _summary(now)), shown)

    def to_text(self) -> str:
        return _summary(self._look())

    def _look(self) -> Message:
        return self.agent._home.call(self._pool.look)

    def _snapshot(self) -> Message:
        self._told = self._look()
        return self._told

    def _start(self) -> Iterable[Callable[[], Any]]:
        ticker = Ticker(self._tell_changes, _INTERVAL).start()
        yield ticker.stop
        self.agent.on("free", self._pool.carried)
        yield lambda: self.agent.off("free", self._pool.carried)
        CLIENT_REQUEST_CREATED.subscribe(self._on_request)
        yield lambda: CLIENT_REQUEST_CREATED.unsubscribe(self._on_request)
        ticker.wake()

    def _on_request(self, message: Message, _: str) -> None:
        """Look as soon as the request has a socket or has to wait: it may be over before the next look."""
        if message["request"].agent is self.agent:
            self.agent._home.next_tick(self._pool.look)

    def _tell_changes(self) -> bool:
        now = self._look()
        if now != self._told:
            self._told = now
            self.tell("pool", pool=now)
            with self.hold_sync():
                self.busy, self.free, self.waiting = (now["now"][kind] for kind in ("busy", "free", "waiting"))
        # Nobody tells when a socket is closed.
        return self.is_open


def _summary(now: Message) -> str:
    counts = now["now"]
    return f"{counts['busy']} in use, {counts['free']} free, {counts['waiting']} waiting"


def _rows(origin: Message) -> Iterable[tuple[object, ...]]:
    for socket in origin["sockets"]:
        state: object = join(("in use: ", tag("code", socket["asked"]))) if socket["kind"] == "busy" else "free"
        yield origin["name"], f"{socket['number']} (port {socket['port']})", state, str(socket["carried"])
    for asked in origin["waiting"]:
        waiting: Html = join(("waits for a socket: ", tag("code", asked)))
        yield origin["name"], "–", waiting, ""
