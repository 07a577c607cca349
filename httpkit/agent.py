"""Agent: keeps a client's sockets and decides which request gets which.

The decision (`choose`) is a pure function of the counts and limits; the Agent carries it out.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpagent
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from .dialing import ip_version
from .errors import NodeError, out_of_range, raisable, wrong_type, wrong_value
from .headers import text_of
from .loop import Resident, on_loop
from .net import Socket
from .option_names import AGENT_OPTIONS, check_keywords
from .proxies import Proxy, proxy_of

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
        if options is not None and not isinstance(options, Mapping):
            raise wrong_type("options", "a mapping", options)
        check_keywords(more, AGENT_OPTIONS)
        super().__init__()
        given: Options = {"noDelay": True, "path": None, **(options or {}), **more}
        self.options = given
        self.requests: dict[str, list[ClientRequest]] = {}
        self.sockets: dict[str, list[Socket]] = {}
        self.freeSockets: dict[str, list[Socket]] = {}
        self.totalSocketCount = 0
        self.keepAlive = bool(given.get("keepAlive"))
        self.keepAliveMsecs: float = given.get("keepAliveMsecs") or 1000
        self.agentKeepAliveTimeoutBuffer = _buffer(given.get("agentKeepAliveTimeoutBuffer"))
        self.maxSockets: float = given.get("maxSockets") or self.defaultMaxSockets
        self.maxFreeSockets: float = given.get("maxFreeSockets") or 256
        self.maxTotalSockets: float = math.inf if given.get("maxTotalSockets") is None else given["maxTotalSockets"]
        self.scheduling: str = given.get("scheduling") or "lifo"
        self.defaultPort = given.get("defaultPort") or self.defaultPort
        self.protocol = given.get("protocol") or self.protocol
        proxies = given.get("proxyEnv")
        self._proxy = proxy_of(proxies, self.protocol) if isinstance(proxies, Mapping) else None
        if type(self.maxTotalSockets) not in (int, float):
            raise wrong_type("maxTotalSockets", "of type number", self.maxTotalSockets)
        if self.scheduling not in ("fifo", "lifo"):
            raise wrong_value("scheduling", "must be one of: 'fifo', 'lifo'", self.scheduling)
        if not self.maxTotalSockets >= 1:
            raise out_of_range("maxTotalSockets", ">= 1", self.maxTotalSockets)
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
        """A socket that connects to `options['host']`:`options['port']`, or to the proxy on the way there.

        What takes its place may give any duplex stream, or call `callback(err, stream)` later.
        """
        proxy = self._proxy_for(options)
        if proxy is None:
            return self._connected_socket(options)
        to = {"host": proxy.host, "port": proxy.port}
        if proxy.protocol == "http:":
            return self._connected_socket(to)
        from .tls import connect

        return connect(to, where=self._home)

    def _connected_socket(self, options: Options) -> Socket:
        socket = Socket(self._home)
        if self._happened is not None:
            socket._happened = {}
        return socket.connect(options)

    def _proxy_for(self, options: Options) -> Proxy | None:
        """The proxy on the way to `options['host']`:`options['port']`."""
        proxy = self._proxy
        if proxy is None or options.get("socketPath"):
            return None
        return proxy if proxy.is_for(options.get("host") or "localhost", options.get("port")) else None

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

    def addRequest(self, req: ClientRequest, options: Any, port: Any = None, localAddress: str | None = None) -> None:
        """Give `req` a socket: an idle one, a new one, or the next that comes free.

        Raises what `createConnection` raises. `options` may be a host, followed by a port and a local address.
        """
        if isinstance(options, str):
            options = {"host": options, "port": port, "localAddress": localAddress}
        options = self._with_own_options(options)
        if self.protocol != "http:":
            self._name_server(req, options)
        name = self.getName(options)
        free = self.freeSockets.get(name, [])
        free[:] = [socket for socket in free if not socket.destroyed]
        if not free:
            self._check_limits()
        busy = self.sockets.setdefault(name, [])
        choice = choose(len(free), len(busy), self.totalSocketCount, self.maxSockets, self.maxTotalSockets)
        if choice is Choice.REUSE:
            socket = free.pop(0) if self.scheduling == "fifo" else free.pop()
            busy.append(socket)
            self.reuseSocket(socket, req)
            self._assign(req, socket)
        elif choice is Choice.QUEUE:
            req._agent_options = options
            self.requests.setdefault(name, []).append(req)
        _drop_if_empty(self.freeSockets, name)
        _drop_if_empty(self.sockets, name)
        if choice is Choice.CREATE:
            self._create(req, options)

    def _check_limits(self) -> None:
        # As in Node, they may be changed, and are not looked at before.
        for name in ("maxSockets", "maxFreeSockets", "keepAliveMsecs"):
            if type(value := getattr(self, name)) not in (int, float):
                raise wrong_type(name, "of type number", value)

    def _create(self, req: ClientRequest, options: Options) -> None:
        def created(err: BaseException | None, socket: Socket | None = None) -> None:
            if err is None and socket is not None:
                self._assign(req, socket)
                return
            if hasattr(err, "proxyTunnelTimeout"):
                req._emit_safely("timeout")
            req.onSocket(None, err)

        self.createSocket(req, options, created)

    def createSocket(self, req: ClientRequest, options: Options, callback: Callable[..., Any]) -> None:
        """Open a socket for the origin of `req` and take it into the pool: `callback(err, socket)`."""
        options = self._with_own_options(options)
        self._name_server(req, options)
        options["timeout"] = req.timeout or self._timeout or None
        if self.keepAlive:
            options["keepAlive"] = True
            options["keepAliveInitialDelay"] = self.keepAliveMsecs
        options["_agentKey"] = name = self.getName(options)

        def created(err: BaseException | None, socket: Socket | None = None) -> None:
            if socket is not None:
                self._install(socket, name, options)
            callback(err, socket)

        connect_once(self.createConnection, options, created)

    def _with_own_options(self, options: Options) -> Options:
        """The options of a connection: those of the agent go before those of a request."""
        merged = {**options, **{name: value for name, value in self.options.items() if value is not None}}
        # The path of a URL is none that a socket could connect to.
        merged["path"] = merged.get("socketPath")
        return merged

    def _name_server(self, req: ClientRequest, options: Options) -> None:
        """Say in `options` whom TLS has to ask for."""
        if options.get("servername") is None:
            options["servername"] = server_name(text_of(req.getHeader("host") or ""), options.get("host"))

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
        wanted = self._timeout if req.timeout is None else req.timeout
        if wanted != (socket.timeout or 0) and (wanted or req.timeout is not None):
            socket.setTimeout(wanted)

    def _on_free(self, socket: Socket, options: Options) -> None:
        name = self.getName(options)
        if not socket.writable or socket.destroyed:
            socket.destroy()
        elif waiting := self._next_waiting(name):
            if socket.timeout:
                # What the last request asked for.
                socket.setTimeout(self._timeout)
            self._assign(waiting, socket)
        elif self._can_keep(socket, name):
            self.removeSocket(socket, options)
            socket._handler = IdleGuard(socket)
            # An idle socket must not keep the last exchange, with all it says, in memory.
            socket.parser = socket._httpMessage = None
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
        if self.requests and self.totalSocketCount >= self.maxTotalSockets:
            # Another origin waits for a place: nobody would give it one for as long as this socket is kept.
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
        """Forget a socket that is closed, or idle from now on; open one for a request that waits for its place."""
        name = self.getName(options)
        self._take_out(self.sockets, name, socket)
        if not socket.writable:
            self._take_out(self.freeSockets, name, socket)
        if self.requests:
            self._fill_place(name, options)

    def _fill_place(self, name: str, options: Options) -> None:
        waiting = self._next_waiting(name)
        if waiting is None:
            # Where only the total is limited, the place may be for another origin.
            other = next((each for each in list(self.requests) if not self.sockets.get(each)), None)
            waiting = self._next_waiting(other) if other is not None else None
        if waiting is not None:
            self._create_later(waiting, waiting._agent_options or options)

    def _create_later(self, req: ClientRequest, options: Options) -> None:
        """As `_create`, long after the request was made: whatever goes wrong is the request's."""
        try:
            self._create(req, options)
        except Exception as exc:  # noqa: BLE001 - what a user's `createConnection` raises
            req.onSocket(None, exc)

    def _take_out(self, pool: dict[str, list[Socket]], name: str, socket: Socket) -> None:
        if socket in pool.get(name, ()):
            pool[name].remove(socket)
            _drop_if_empty(pool, name)


def _buffer(given: Any) -> float:
    """ms between giving up an idle socket and the time the server says it will; 1000 for what is no such time."""
    is_number = isinstance(given, (int, float)) and not isinstance(given, bool)
    return given if is_number and 0 <= given < math.inf else 1000


class _FirstOf:
    """A listener for several events that acts on the first."""

    def __init__(self, action: Callable[[], Any]) -> None:
        self._action: Callable[[], Any] | None = action

    def __call__(self, *_: Any) -> None:
        action, self._action = self._action, None
        if action is not None:
            action()


def connect_once(connect: Callable[..., Any], options: Options, created: Callable[..., None]) -> None:
    """Call a `createConnection`, which may give a stream, call back with it, or raise; what comes first counts.

    `created(err, socket)` hears of it; what is raised is raised.
    """
    done = False

    def once(err: BaseException | None, stream: Any = None) -> None:
        nonlocal done
        if done:
            return
        done = True
        try:
            socket = Socket.over(stream) if err is None else None
        except NodeError as exc:
            err, socket = exc, None
        created(None if err is None else raisable(err), socket)

    stream = connect(options, once)
    if stream is not None:
        once(None, stream)


# The same few names come again and again.
@lru_cache(maxsize=256)
def server_name(host_header: str, host: str | None) -> str:
    """The name TLS asks the server for: that of the Host header, else `host`; '' for an address."""
    name = host or ""
    if host_header:
        bracketed = host_header.startswith("[") and "]" in host_header
        name = host_header[1:].partition("]")[0] if bracketed else host_header.partition(":")[0]
    return "" if ip_version(name) else name


def _request_of(socket: Socket) -> ClientRequest | None:
    return cast("ClientRequest | None", socket._httpMessage)


def _drop_if_empty(pool: dict[str, Any], name: str) -> None:
    if name in pool and not pool[name]:
        del pool[name]
