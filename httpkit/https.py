"""Node's `https` module: http over TLS.

Source: https://nodejs.org/docs/latest-v24.x/api/https.html
"""

from __future__ import annotations

import itertools
import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, cast
from weakref import WeakKeyDictionary

from . import agent as http
from . import server as http_server
from .checks import number
from .client_request import ClientRequest
from .errors import connection_reset, error, report, wrong_type
from .global_agents import global_agent, set_global_agent
from .loop import on_loop
from .net import Callback, Socket
from .request_options import Options, request_options
from .secure_context import OPTIONS, UNAVAILABLE, SecureContext, context_of, createSecureContext, unavailable
from .tls import Session, TLSSocket, alpn_protocols, checkServerIdentity, connect, secure
from .tunnel import open_tunnel

__all__ = ["Agent", "Server", "createServer", "get", "globalAgent", "request"]

RequestListener = http_server.RequestListener
SNICallback = Callable[[str, Callable[..., None]], Any]

_HANDSHAKE_MS = 120_000

# --- servers

TLS_OPTIONS = (
    OPTIONS
    | frozenset(UNAVAILABLE)
    | frozenset(
        "ALPNCallback ALPNProtocols SNICallback handshakeTimeout rejectUnauthorized requestCert secureContext".split()
    )
)


class Server(http_server.Server):
    """An HTTPS server: all events of an http.Server, 'secureConnection' and 'tlsClientError'."""

    SCHEME = "https"
    READY = "secureConnection"
    MORE_OPTIONS = TLS_OPTIONS

    maxRequestsPerSocket = None
    allowHalfOpen = False

    def __init__(
        self,
        options: Mapping[str, Any] | RequestListener | None = None,
        listener: RequestListener | None = None,
        **more: Any,
    ) -> None:
        super().__init__(options, listener, **more)
        self.on("connection", self._secure)
        self.on("tlsClientError", self._refused)

    def _apply(self, given: dict[str, Any]) -> None:
        super()._apply({name: value for name, value in given.items() if name != "uniqueHeaders"})
        self.requestCert = given.get("requestCert") is True
        self.rejectUnauthorized = given.get("rejectUnauthorized") is not False
        self.ALPNCallback = _function(given, "ALPNCallback")
        if self.ALPNCallback is not None and given.get("ALPNProtocols"):
            raise error("ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS")
        given_protocols = given.get("ALPNProtocols") or (() if self.ALPNCallback is not None else ("http/1.1",))
        self.ALPNProtocols = alpn_protocols(given_protocols)
        self._handshake_timeout = _milliseconds(given, "handshakeTimeout") or _HANDSHAKE_MS
        self._contexts: list[tuple[re.Pattern[str], SecureContext]] = []
        self._sni_callback: SNICallback | None = _function(given, "SNICallback")
        self._context = context_of(given)

    def setSecureContext(self, options: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Show the certificate in `options` to clients from now on. Raises what `tls.createSecureContext` raises."""
        if options is not None and not isinstance(options, Mapping):
            raise wrong_type("options", "a mapping", options)
        self._context = context_of({**(options or {}), **more})

    def addContext(self, servername: str, context: Any = None, **more: Any) -> None:
        """Show the certificate in `context` to clients that want `servername`, in which `*` stands for one label.

        `context` holds the options of `tls.createSecureContext` or is what that gives. Raises
        ERR_TLS_REQUIRED_SERVER_NAME and what `tls.createSecureContext` raises.
        """
        if not servername:
            raise error("ERR_TLS_REQUIRED_SERVER_NAME")
        pattern = re.compile("[^.]*".join(map(re.escape, servername.split("*"))), re.IGNORECASE)
        given = context if isinstance(context, SecureContext) else createSecureContext(context, **more)
        self._contexts.append((pattern, given))

    def getTicketKeys(self) -> bytes:
        """Not offered: raises ERR_FEATURE_UNAVAILABLE_ON_PLATFORM."""
        raise unavailable("ticketKeys", None, UNAVAILABLE["ticketKeys"])

    def setTicketKeys(self, keys: bytes) -> None:
        """Not offered: raises ERR_FEATURE_UNAVAILABLE_ON_PLATFORM."""
        raise unavailable("ticketKeys", keys, UNAVAILABLE["ticketKeys"])

    @on_loop
    def _secure(self, connection: Any) -> None:
        """Begin with a connection: with the handshake."""
        wanted = {
            "isServer": True,
            "secureContext": self._context,
            "requestCert": self.requestCert,
            "rejectUnauthorized": self.rejectUnauthorized,
            "ALPNProtocols": self.ALPNProtocols,
            "ALPNCallback": self.ALPNCallback,
            "SNICallback": self._sni_callback or self._context_for,
        }
        socket = TLSSocket(wanted, self._home)
        _Handshake(self, socket, self._handshake_timeout)
        socket.stand_on(Socket.over(connection))

    def _context_for(self, servername: str, callback: Callable[..., None]) -> None:
        """What `addContext` said, the last word first."""
        found = (context for pattern, context in reversed(self._contexts) if pattern.fullmatch(servername))
        callback(None, next(found, None))

    def _refused(self, err: BaseException, socket: TLSSocket) -> None:
        """A handshake failed. There is no way to answer in HTTP."""
        if self.emit("clientError", err, socket):
            return
        if not (self._context.has_certificate or self._contexts or self._sni_callback) and hasattr(err, "reason"):
            # Every handshake will fail so, and only the clients are told.
            report(err)
        socket.destroy(err)


class _Handshake:
    """Watches over a connection of a server until it is secure."""

    def __init__(self, server: Server, socket: TLSSocket, timeout: float) -> None:
        self._server = server
        self._socket = socket
        self._listeners: dict[str, Callback] = {
            "secure": self._done,
            "error": self._failed,
            "close": self._closed,
            "timeout": self._timed_out,
        }
        for name, listener in self._listeners.items():
            socket.on(name, listener)
        socket.setTimeout(timeout)

    def _leave(self) -> None:
        for name, listener in self._listeners.items():
            self._socket.off(name, listener)

    def _done(self) -> None:
        self._leave()
        self._socket.setTimeout(0)
        self._server._emit_safely("secureConnection", self._socket)

    def _timed_out(self) -> None:
        self._socket.destroy(error("ERR_TLS_HANDSHAKE_TIMEOUT"))

    def _failed(self, err: BaseException) -> None:
        self._leave()
        # Nothing is left to be heard of it.
        self._socket.on("error", lambda _: None)
        self._server._emit_safely("tlsClientError", err, self._socket)

    def _closed(self, had_error: bool) -> None:
        self._failed(connection_reset("socket hang up"))


def createServer(
    options: Mapping[str, Any] | RequestListener | None = None, listener: RequestListener | None = None, **more: Any
) -> Server:
    """As `http.createServer`, with the options of TLS: `key` and `cert` (PEM), `ca`, `requestCert`, …

    Raises ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE, and what `tls.createSecureContext` raises.

    Source: https://nodejs.org/docs/latest-v24.x/api/https.html#httpscreateserveroptions-requestlistener
    """
    return Server(options, listener, **more)


def _function(given: Mapping[str, Any], name: str) -> Any:
    value = given.get(name)
    if value is not None and not callable(value):
        raise wrong_type(f"options.{name}", "of type function", value)
    return value


def _milliseconds(given: Mapping[str, Any], name: str) -> Any:
    value = given.get(name) or 0
    return number(f"options.{name}", value)


# --- clients

# What tells the connections of one request from all others: its own way to check who the server is.
_OWN_CHECK = "_checkServerIdentityIndex"
_own_checks = itertools.count(1)

# What the name of an origin says of TLS: what is said when it is true, and what when it is given at all.
_NAMED = (
    "ca cert clientCertEngine ciphers key pfx rejectUnauthorized servername minVersion maxVersion secureProtocol crl "
    "honorCipherOrder ecdhCurve dhparam secureOptions sessionIdContext sigalgs privateKeyIdentifier privateKeyEngine"
).split()
_NAMED_IF_GIVEN = frozenset({"rejectUnauthorized", "honorCipherOrder", "secureOptions"})

_serials = itertools.count(1)
_serial_of: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def _serial(context: Any) -> int:
    """A number of its own for each context, which no later one gets."""
    try:
        return _serial_of.setdefault(context, next(_serials))
    except TypeError:
        raise error("ERR_TLS_INVALID_CONTEXT", "context") from None


# What Node's names leave out although it decides who is trusted; said only where it is given.
_NAMED_BESIDES: dict[str, Callable[[Any], Any]] = {"secureContext": _serial, "allowPartialTrustChain": lambda _: True}


class Agent(http.Agent):
    """A pool of TLS connections; remembers up to `maxCachedSessions` (100) sessions to make handshakes shorter."""

    defaultPort = 443
    protocol = "https:"

    def __init__(self, options: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(options, **more)
        most = self.options.get("maxCachedSessions")
        self.maxCachedSessions: int = 100 if most is None else most
        self._sessionCache: dict[str, Session] = {}

    def createConnection(self, *args: Any) -> Any:
        """A TLS connection: `createConnection(options, callback)` or `createConnection(port, host, options)`.

        Through a proxy it comes later: `callback(err, socket)`.
        """
        options, callback = _connection_options(args)
        key = None if options.get(_OWN_CHECK) else options.get("_agentKey")
        if key and "session" not in options:
            options["session"] = self._getSession(key)
        proxy = self._proxy_for(options)
        if proxy is None:
            return self._prepared(connect(options, where=self._home), options, key)

        def opened(err: BaseException | None, tunnel: Socket | None) -> None:
            if err is not None or tunnel is None:
                callback(err, None)
                return
            socket = self._prepared(secure(tunnel, options), options, key)
            _call_when_secure(socket, callback)

        # Without a name of its own the proxy would be asked for the one behind it.
        over_tls = {"host": proxy.host, "port": proxy.port, "servername": ""}
        by_tls = None if proxy.protocol == "http:" else lambda _: connect(over_tls, where=self._home)
        kept = {**options, "keepAlive": self.keepAlive or not math.isinf(self.maxSockets)}
        open_tunnel(self._home, proxy, options["host"], options["port"], kept, opened, by_tls)
        return None

    def _prepared(self, socket: TLSSocket, options: Options, key: str | None) -> TLSSocket:
        if self._happened is not None and socket._happened is None:
            socket._happened = {}
        if options.get(_OWN_CHECK):
            socket._has_own_check = True  # type: ignore[attr-defined]
        if key:
            socket.on("session", lambda session: self._cacheSession(key, session))
            socket.once("close", lambda had_error: self._evictSession(key) if had_error else None)
        return socket

    def keepSocketAlive(self, socket: Socket) -> bool:
        """As in http, but a connection whose server was checked in a request's own way serves no other request."""
        return not getattr(socket, "_has_own_check", False) and super().keepSocketAlive(socket)

    def getName(self, options: Options | None = None) -> str:
        """The name of an origin, and of everything about TLS that two requests must share to share a connection."""
        wanted = options or {}
        parts = [super().getName(options), *(_named(wanted, name) for name in _NAMED)]
        if wanted.get(_OWN_CHECK):
            parts.append(str(wanted[_OWN_CHECK]))
        parts += [f"{name}={tell(wanted[name])}" for name, tell in _NAMED_BESIDES.items() if wanted.get(name)]
        return ":".join(parts)

    def addRequest(self, req: ClientRequest, options: Any, port: Any = None, localAddress: str | None = None) -> None:
        """As in http; a request with a way of its own to check the server gets a connection of its own."""
        if isinstance(options, Mapping) and self._is_checked_otherwise(options):
            options = {**options, _OWN_CHECK: next(_own_checks)}
        super().addRequest(req, options, port, localAddress)

    def _is_checked_otherwise(self, options: Mapping[str, Any]) -> bool:
        check = options.get("checkServerIdentity")
        # The agent's own goes before that of a request.
        own = self.options.get("checkServerIdentity")
        return check is not None and check is not checkServerIdentity and own is None

    def _getSession(self, key: str) -> Session | None:
        return self._sessionCache.get(key)

    def _cacheSession(self, key: str, session: Session) -> None:
        if self.maxCachedSessions == 0:
            return
        if key not in self._sessionCache and len(self._sessionCache) >= self.maxCachedSessions:
            del self._sessionCache[next(iter(self._sessionCache))]
        self._sessionCache[key] = session

    def _evictSession(self, key: str) -> None:
        self._sessionCache.pop(key, None)


def _connection_options(args: tuple[Any, ...]) -> tuple[Options, Callable[..., Any]]:
    """Options and callback from `(options, callback)`, `(port, options)` or `(port, host, options)`."""
    options: Options = dict(next((each for each in args[:3] if isinstance(each, Mapping)), {}))
    if args and isinstance(args[0], int):
        options["port"] = args[0]
    if len(args) > 1 and isinstance(args[1], str):
        options["host"] = args[1]
    callback = args[-1] if args and callable(args[-1]) else lambda err, socket=None: None
    return options, callback


def _call_when_secure(socket: TLSSocket, callback: Callable[..., Any]) -> None:
    """`callback(None, socket)` when the handshake is done, `callback(err, socket)` if it fails."""

    def failed(err: BaseException) -> None:
        callback(err, socket)

    def done() -> None:
        socket.off("error", failed)
        callback(None, socket)

    socket.on("error", failed)
    socket.once("secureConnect", done)


def _named(wanted: Options, name: str) -> str:
    value = wanted.get(name)
    if value is None or (not value and name not in _NAMED_IF_GIVEN):
        return ""
    if name == "servername" and value == wanted.get("host"):
        return ""
    return json.dumps(value, separators=(",", ":")) if name == "sigalgs" else _said(value)


def _said(value: Any) -> str:
    """As JavaScript would say it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if isinstance(value, (list, tuple)):
        return ",".join(_said(each) for each in value)
    return str(value)


def request(url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> ClientRequest:
    """As `http.request`, over TLS: port 443, and the options of `tls.connect`.

    Those of TLS: `ca`, `cert`, `key`, `rejectUnauthorized` (True), `servername`, `checkServerIdentity`, … Raises what
    `http.request` and `tls.connect` raise; a server that cannot be trusted is an 'error' event.

    Source: https://nodejs.org/docs/latest-v24.x/api/https.html#httpsrequestoptions-callback
    """
    wanted, callback = request_options(url, options, callback, more)
    wanted["_defaultAgent"] = global_agent(Agent)
    return ClientRequest(wanted, callback)


def get(url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> ClientRequest:
    """A request that is sent at once: `request(…)`, then `end()`. Awaiting it gives the response."""
    sent = request(url, options, callback, **more)
    sent.end()
    return sent


globalAgent: Agent


class _Module(ModuleType):
    """Gives the module its one computed attribute: each event loop has a global agent of its own."""

    @property
    def globalAgent(self) -> Agent:
        """The agent of requests that name none; assign another to change it."""
        return cast(Agent, global_agent(Agent))

    @globalAgent.setter
    def globalAgent(self, agent: Agent) -> None:
        set_global_agent(agent, Agent)


sys.modules[__name__].__class__ = _Module
