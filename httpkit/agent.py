"""Agent: keeps a client's sockets and decides which request gets which.

The decision (`choose`) is a pure function of the counts and limits; the Agent carries it out.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpagent
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

from .errors import out_of_range, wrong_type, wrong_value
from .loop import Resident, home, on_loop
from .net import Socket

if TYPE_CHECKING:
    from .client_request import ClientRequest

Options = dict[str, Any]

_HINT = re.compile(r"^timeout=(\d{1,9})(?!\d)")


class Choice(Enum):
    """What becomes of a request that needs a socket."""

    REUSE = auto()
    CREATE = auto()
    QUEUE = auto()


def choose(free: int, busy: int, total: int, max_sockets: float, max_total: float) -> Choice:
    """What to do for a request: `free` and `busy` sockets of its origin, `total` of all origins, and the limits."""
    if free:
        return Choice.REUSE
    return Choice.CREATE if busy < max_sockets and total < max_total else Choice.QUEUE


def idle_limit(agent_timeout: float, hint: str | None, buffer: float) -> float | None:
    """How many ms an idle socket may stay in the pool: 0 for ever, None for not at all.

    `hint` is the server's Keep-Alive header; the client gives up `buffer` ms before the server does.
    """
    found = _HINT.match(hint or "")
    if found is None:
        return agent_timeout
    hinted = int(found[1]) * 1000 - buffer
    if hinted <= 0:
        return None
    return min(agent_timeout, hinted) if agent_timeout else 0


class IdleGuard:
    """Takes the place of the HTTP connection while a socket is in the pool: any byte is one too many.

    Whatever a server sends when nothing was asked would be taken for the answer to the next request.
    """

    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    def data(self, data: bytes) -> None:
        self._socket.destroy()

    def eof(self) -> None:
        self._socket.destroy()

    def drained(self) -> None:
        """Nothing is being written."""

    def timed_out(self) -> None:
        self._socket.destroy()

    def closed(self, err: BaseException | None) -> None:
        """The agent hears of it by the socket's 'close'."""


class Agent(Resident):
    """A pool of sockets, kept alive between requests; 'free' is emitted when a socket comes back."""

    defaultPort = 80
    protocol = "http:"
    defaultMaxSockets = math.inf

    def __init__(self, options: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__()
        given: Options = {"noDelay": True, "path": None, **(options or {}), **more}
        self.options = given
        self.requests: dict[str, list[ClientRequest]] = {}
        self.sockets: dict[str, list[Socket]] = {}
        self.freeSockets: dict[str, list[Socket]] = {}
        self.totalSocketCount = 0
        self.keepAlive = bool(given.get("keepAlive"))
        self.keepAliveMsecs: float = given.get("keepAliveMsecs") or 1000
        self.agentKeepAliveTimeoutBuffer: float = given.get("agentKeepAliveTimeoutBuffer", 1000)
        self.maxSockets: float = given.get("maxSockets") or self.defaultMaxSockets
        self.maxFreeSockets: float = given.get("maxFreeSockets") or 256
        self.maxTotalSockets: float = given.get("maxTotalSockets") or math.inf
        self.scheduling: str = given.get("scheduling") or "lifo"
        self.defaultPort = given.get("defaultPort") or self.defaultPort
        self.protocol = given.get("protocol") or self.protocol
        if self.scheduling not in ("fifo", "lifo"):
            raise wrong_value("scheduling", "must be one of: 'fifo', 'lifo'", self.scheduling)
        most = given.get("maxTotalSockets")
        if most is not None and (isinstance(most, bool) or not isinstance(most, (int, float))):
            raise wrong_type("maxTotalSockets", "of type number", most)
        if most is not None and not most >= 1:
            raise out_of_range("maxTotalSockets", ">= 1", most)
        self.on("free", self._on_free)

    def __repr__(self) -> str:
        pools: tuple[dict[str, Any], ...] = (self.sockets, self.freeSockets, self.requests)
        busy, free, waiting = (sum(map(len, pool.values())) for pool in pools)
        return f"<Agent {busy} busy, {free} free, {waiting} waiting>"

    @property
    def _timeout(self) -> float:
        return self.options.get("timeout") or 0

    # --- to be replaced by those who bring connections of their own

    def createConnection(self, options: Options, callback: Callable[..., Any] | None = None) -> Any:
        """A socket that connects to `options['host']`:`options['port']`. May instead call `callback(err, socket)`."""
        socket = Socket(self._home)
        if self._happened is not None:
            socket._happened = {}
        if options.get("timeout"):
            socket.setTimeout(options["timeout"])
        local = options.get("localAddress")
        return socket.connect(
            options["port"],
            options["host"],
            family=options.get("family") or 0,
            local=(local, options.get("localPort") or 0) if local else None,
            path=options.get("socketPath"),
        )

    def keepSocketAlive(self, socket: Socket) -> bool:
        """Called when a socket could go to the pool; False closes it instead."""
        socket.setKeepAlive(True, self.keepAliveMsecs)
        socket.unref()
        request = _request_of(socket)
        response = request.res if request is not None else None
        hint = response.headers.get("keep-alive") if response is not None else None
        limit = idle_limit(self._timeout, hint, self.agentKeepAliveTimeoutBuffer)
        if limit is not None and socket.timeout != limit:
            socket.setTimeout(limit)
        return limit is not None

    def reuseSocket(self, socket: Socket, request: ClientRequest) -> None:
        """Called when a socket from the pool is given to a request."""
        request.reusedSocket = True
        socket.ref()

    def getName(self, options: Options | None = None) -> str:
        """The name of an origin: `host:port:localAddress`, and `:family` where one is asked for."""
        wanted = options or {}
        name = f"{wanted.get('host') or 'localhost'}:{wanted.get('port') or ''}:{wanted.get('localAddress') or ''}"
        if wanted.get("family") in (4, 6):
            name += f":{wanted['family']}"
        if wanted.get("socketPath"):
            name += f":{wanted['socketPath']}"
        return name

    @on_loop
    def destroy(self) -> None:
        """Close every socket, idle or busy; the agent can still be used."""
        for pool in (self.freeSockets, self.sockets):
            for sockets in list(pool.values()):
                for socket in sockets[:]:
                    socket.destroy()

    # --- for requests

    def addRequest(self, req: ClientRequest, options: Options) -> None:
        """Give `req` a socket: an idle one, a new one, or the next that comes free."""
        options = {**options, **{name: value for name, value in self.options.items() if value is not None}}
        name = self.getName(options)
        free = self.freeSockets.get(name, [])
        free[:] = [socket for socket in free if not socket.destroyed]
        busy = self.sockets.setdefault(name, [])
        choice = choose(len(free), len(busy), self.totalSocketCount, self.maxSockets, self.maxTotalSockets)
        if choice is Choice.REUSE:
            socket = free.pop(0) if self.scheduling == "fifo" else free.pop()
            busy.append(socket)
            self.reuseSocket(socket, req)
            self._assign(req, socket)
        elif choice is Choice.CREATE:
            self._create(req, name, options)
        else:
            req._agent_options = options
            self.requests.setdefault(name, []).append(req)
        _drop_if_empty(self.freeSockets, name)
        _drop_if_empty(self.sockets, name)

    def _create(self, req: ClientRequest, name: str, options: Options) -> None:
        def created(err: BaseException | None, socket: Socket | None = None) -> None:
            if err is not None or socket is None:
                req.onSocket(None, err)
            else:
                self._install(socket, name, options)
                self._assign(req, socket)

        req._agent_options = options
        if self._timeout and not options.get("timeout"):
            options["timeout"] = self._timeout
        connect_once(self.createConnection, options, created)

    def _install(self, socket: Socket, name: str, options: Options) -> None:
        self.sockets.setdefault(name, []).append(socket)
        self.totalSocketCount += 1
        socket.on("free", lambda: self.emit("free", socket, options))
        # One of the two: a socket that is handed over belongs to the agent no more.
        left = _FirstOf(lambda: self._on_close(socket, options))
        socket.on("close", left)
        socket.on("agentRemove", left)

    def _assign(self, req: ClientRequest, socket: Socket) -> None:
        req.onSocket(socket)
        if req.timeout is not None and req.timeout != self._timeout:
            socket.setTimeout(req.timeout)

    def _on_free(self, socket: Socket, options: Options) -> None:
        name = self.getName(options)
        if not socket.writable or socket.destroyed:
            socket.destroy()
        elif waiting := self._next_waiting(name):
            self._assign(waiting, socket)
        elif self._can_keep(socket, name):
            self._take_out(self.sockets, name, socket)
            socket.handler = IdleGuard(socket)
            # An idle socket must not keep the last exchange, with all it says, in memory.
            socket.parser = socket._httpMessage = None  # type: ignore[attr-defined]
            self.freeSockets.setdefault(name, []).append(socket)
        else:
            socket.destroy()

    def _next_waiting(self, name: str) -> ClientRequest | None:
        """The request of this origin that has waited longest."""
        queue = self.requests.get(name, [])
        while queue:
            request = queue.pop(0)
            _drop_if_empty(self.requests, name)
            if not request.destroyed:
                return request
        return None

    def _can_keep(self, socket: Socket, name: str) -> bool:
        request = _request_of(socket)
        if request is None or not request.shouldKeepAlive or not self.keepAlive:
            return False
        free = len(self.freeSockets.get(name, ()))
        return (
            self.totalSocketCount <= self.maxTotalSockets
            and free + len(self.sockets.get(name, ())) <= self.maxSockets
            and free < self.maxFreeSockets
            and bool(self.keepSocketAlive(socket))
        )

    def _on_close(self, socket: Socket, options: Options) -> None:
        self.totalSocketCount -= 1
        self.removeSocket(socket, options)

    def removeSocket(self, socket: Socket, options: Options) -> None:
        """Forget a closed socket, and open one for a request that waits for its place."""
        name = self.getName(options)
        self._take_out(self.sockets, name, socket)
        self._take_out(self.freeSockets, name, socket)
        waiting = self._next_waiting(name)
        if waiting is None:
            # Where only the total is limited, the place may be for another origin.
            other = next((each for each in list(self.requests) if not self.sockets.get(each)), None)
            name = other or name
            waiting = self._next_waiting(name)
        if waiting is not None and self.totalSocketCount < self.maxTotalSockets:
            self._create(waiting, name, waiting._agent_options or options)

    def _take_out(self, pool: dict[str, list[Socket]], name: str, socket: Socket) -> None:
        if socket in pool.get(name, ()):
            pool[name].remove(socket)
            _drop_if_empty(pool, name)


class _FirstOf:
    """A listener for several events that acts on the first."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._action: Callable[[], Any] | None = action

    def __call__(self, *_: Any) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()


def connect_once(connect: Callable[..., Any], options: Options, created: Callable[..., None]) -> None:
    """Call a `createConnection`, which may give the socket, call back with it, or raise; what comes first counts."""
    done = False

    def once(err: BaseException | None, socket: Any = None) -> None:
        nonlocal done
        if not done:
            done = True
            created(err, socket)

    try:
        socket = connect(options, once)
    except Exception as exc:  # noqa: BLE001 - it is the user's function: whatever it raises fails the request
        once(exc)
    else:
        if socket is not None:
            once(None, socket)


def _request_of(socket: Socket) -> ClientRequest | None:
    return cast("ClientRequest | None", getattr(socket, "_httpMessage", None))


def _drop_if_empty(pool: dict[str, Any], name: str) -> None:
    if name in pool and not pool[name]:
        del pool[name]


def global_agent() -> Agent:
    """The agent of requests that name none; each event loop has one, as sockets belong to a loop."""
    where = home()
    agent = where.residents.get("globalAgent")
    if agent is None:
        agent = where.residents["globalAgent"] = Agent(keepAlive=True, scheduling="lifo", timeout=5000)
    return cast(Agent, agent)


def set_global_agent(agent: Agent) -> None:
    """Make `agent` the one of requests that name none."""
    if not hasattr(agent, "addRequest"):
        raise wrong_type("globalAgent", "an instance of Agent", agent)
    home().residents["globalAgent"] = agent
