"""ClientRequest: a request on its way to a server, and the promise of a response.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpclientrequest
"""

from __future__ import annotations

import asyncio
import base64
import math
import re
from collections.abc import Generator, Mapping
from typing import Any, Self

from .agent import Agent, Options, connect_once, global_agent
from .client_connection import ClientConnection
from .diagnostics import CLIENT_REQUEST_CREATED, CLIENT_REQUEST_ERROR, CLIENT_REQUEST_START
from .errors import connection_reset, error, wrong_type
from .framing import Head, frame
from .headers import checked_name, checked_texts, header_pairs
from .incoming import IncomingMessage
from .loop import home, on_loop, report
from .net import Callback, Socket, checked_port, checked_timeout
from .outgoing import OutgoingMessage
from .urls import url_options

_UNESCAPED = re.compile(r"[^\x21-\xff]")
_METHODS_WITHOUT_BODY = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

# An error nobody listens for is shown after this many ms, unless the request is awaited until then.
_UNNOTICED_MS = 250


class ClientRequest(OutgoingMessage):
    """A request: 'socket', 'response', 'information', 'timeout', 'error', 'close'.

    Awaiting it ends it, if that is not done yet, and gives the IncomingMessage, or raises the error.
    """

    ONE_SHOT = OutgoingMessage.ONE_SHOT | {"response", "continue", "upgrade", "connect", "abort"}

    reusedSocket = False
    aborted = False
    res: IncomingMessage | None = None
    timeout: float | None = None
    maxHeadersCount: int | None = None

    _agent_options: Options | None = None
    _connection: ClientConnection | None = None
    _ended = False
    _handed_over = False
    _reason: BaseException | None = None
    _failure: BaseException | None = None
    _unnoticed: asyncio.TimerHandle | None = None
    _waiters: tuple[asyncio.Future[IncomingMessage], ...] = ()

    def __init__(self, url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> None:
        wanted, callback = _request_options(url, options, callback, more)
        agent = _agent_of(wanted)
        # A request lives where its agent does: the sockets belong to that loop.
        self._home = agent._home if agent is not None else home()
        if self._home is not home():
            self._happened = {}
        else:
            super().__init__()
        self.agent = agent
        self._configure(wanted, agent)
        if callback is not None:
            self.once("response", callback)
        self._home.call(self._begin, wanted)

    def __repr__(self) -> str:
        outcome = f"{self.res.statusCode}" if self.res is not None else "failed" if self._failure else "pending"
        return f"<ClientRequest {self.method} {self.protocol}//{self.host}{self.path} {outcome}>"

    def _configure(self, wanted: Options, agent: Agent | None) -> None:
        self.protocol: str = wanted.get("protocol") or (agent.protocol if agent is not None else "http:")
        expected = agent.protocol if agent is not None else "http:"
        if self.protocol != expected:
            raise error("ERR_INVALID_PROTOCOL", self.protocol, expected)
        self._path = checked_path(wanted.get("path") or "/")
        self._default_port = wanted.get("defaultPort") or (agent.defaultPort if agent is not None else 80)
        wanted["port"] = checked_port(wanted.get("port") or self._default_port)
        wanted["host"] = self.host = _host(wanted, "hostname") or _host(wanted, "host") or "localhost"
        self._method = _method(wanted.get("method"))
        self.useChunkedEncodingByDefault = self.method not in _METHODS_WITHOUT_BODY
        self.maxHeaderSize: int | None = _typed(wanted, "maxHeaderSize", int)
        self.joinDuplicateHeaders: bool | None = _typed(wanted, "joinDuplicateHeaders", bool)
        self._unique = frozenset(name.lower() for name in wanted.get("uniqueHeaders") or ())
        if wanted.get("timeout") is not None:
            self.timeout = checked_timeout(wanted["timeout"], "options.timeout")
        keeps = agent is not None and (agent.keepAlive or not math.isinf(agent.maxSockets))
        self.shouldKeepAlive = keeps
        self._last = not keeps

    @property
    def method(self) -> str:
        """The request method, in upper case. Raises ERR_INVALID_HTTP_TOKEN when set to what is none."""
        return self._method

    @method.setter
    def method(self, method: Any) -> None:
        self._method = _method(method)

    @property
    def path(self) -> str:
        """The request target; the part of the URL behind the host. Raises ERR_UNESCAPED_CHARACTERS when set."""
        return self._path

    @path.setter
    def path(self, path: Any) -> None:
        self._path = checked_path(path)

    # --- sending

    def _begin(self, wanted: Options) -> None:
        headers = wanted.get("headers")
        if isinstance(headers, (list, tuple)):
            checked = [(checked_name(name), name, checked_texts(name, value)) for name, value in header_pairs(headers)]
            self._store_head(self._request_line(), checked)
        else:
            for name, value in header_pairs(headers or {}):
                self.setHeader(name, value)
            self._add_default_headers(wanted)
            if self.hasHeader("expect"):
                self._implicit_head()
        if CLIENT_REQUEST_CREATED.subscribers:
            CLIENT_REQUEST_CREATED.publish({"request": self})
        if self.agent is not None:
            self.agent.addRequest(self, wanted)
        else:
            self.shouldKeepAlive = False
            self._last = True
            connect_once(wanted["createConnection"], wanted, self._connected)

    def _connected(self, err: BaseException | None, socket: Any = None) -> None:
        self.onSocket(socket, err)

    def _add_default_headers(self, wanted: Options) -> None:
        automatic = wanted.get("setDefaultHeaders") is not False
        if not automatic:
            self._removed |= {"connection", "content-length", "transfer-encoding"}
        if wanted.get("setHost", automatic) and not self.hasHeader("host"):
            host = f"[{self.host}]" if ":" in self.host and not self.host.startswith("[") else self.host
            port = wanted["port"]
            self.setHeader("Host", host if port == self._default_port else f"{host}:{port}")
        if wanted.get("auth") and not self.hasHeader("authorization"):
            credentials = base64.b64encode(str(wanted["auth"]).encode()).decode()
            self.setHeader("Authorization", f"Basic {credentials}")

    def _request_line(self) -> str:
        return f"{self.method} {self._path} HTTP/1.1\r\n"

    def _implicit_head(self) -> None:
        if self._head is not None:
            raise error("ERR_HTTP_HEADERS_SENT", "render")
        self._store_head(self._request_line())

    def _framed(self, first_line: str, lines: tuple[str, ...]) -> Head:
        return frame(
            first_line,
            lines,
            self.shouldKeepAlive,
            self.useChunkedEncodingByDefault,
            True,
            False,
            self._content_length is not None,
            self.agent is not None,
            "",
            False,
            self._removed,
        )

    def _on_finish(self, err: BaseException | None = None) -> None:
        super()._on_finish(err)
        if CLIENT_REQUEST_START.subscribers:
            CLIENT_REQUEST_START.publish({"request": self})
        if self._connection is not None:
            self._connection.finish_if_done()

    # --- the socket

    def onSocket(self, socket: Socket | None, err: BaseException | None = None) -> None:
        """Called by the agent: this is the socket of the request, or this is why there is none."""
        self._home.next_tick(self._take_socket, socket, err)

    def _take_socket(self, socket: Socket | None, err: BaseException | None) -> None:
        if err is not None or self.destroyed or socket is None:
            if socket is not None and err is None and self.agent is not None and not socket.destroyed:
                # Given up before it was sent: the socket is as good as new.
                socket.emit("free") if not socket.connecting else socket.destroy()
            elif socket is not None:
                socket.destroy(err)
            self._gone(err)
            return
        self.socket = socket
        self._connection = ClientConnection(self, socket)
        self._emit_safely("socket", socket)
        if self._waiting is not None:
            self._flush_waiting()

    def _gone(self, err: BaseException | None) -> None:
        """The request ends without ever having had a socket."""
        self.destroyed = True
        if not self.closed:
            reason = err or self._reason
            if reason is None and not self.aborted:
                reason = connection_reset("socket hang up")
            if reason is not None:
                self._fail(reason)
            self._emit_close()

    @on_loop
    def destroy(self, err: BaseException | None = None) -> Self:
        """Give the request up. 'error' follows (`err`, or ECONNRESET before there is a response), then 'close'."""
        if self.destroyed:
            return self
        self.destroyed = True
        self._reason = err
        if self.res is not None:
            self.res._dump()
        if self.socket is not None:
            self.socket.destroy(err)
        else:
            self._home.next_tick(self._gone, err)
        return self

    @on_loop
    def abort(self) -> None:
        """The same as `destroy`, and 'abort' is emitted."""
        if not self.aborted:
            self.aborted = True
            self._home.next_tick(self._emit_safely, "abort")
            self.destroy()

    @on_loop
    def setTimeout(self, timeout: float, callback: Callback | None = None) -> Self:
        """Emit 'timeout' after `timeout` ms without traffic; `callback` is called once. It only notifies."""
        checked_timeout(timeout, "timeout")
        if callback is not None:
            self.once("timeout", callback)
        if self.socket is not None:
            self.socket.setTimeout(timeout)
        else:
            self.once("socket", lambda socket: socket.setTimeout(timeout))
        return self

    @on_loop
    def setNoDelay(self, noDelay: bool = True) -> None:
        """Send small writes at once, or let TCP collect them."""
        self._when_connected(lambda socket: socket.setNoDelay(noDelay))

    @on_loop
    def setSocketKeepAlive(self, enable: bool = False, initialDelay: float = 0) -> None:
        """Probe an idle connection; the first time after `initialDelay` ms."""
        self._when_connected(lambda socket: socket.setKeepAlive(enable, initialDelay))

    def _when_connected(self, action: Callback) -> None:
        if self.socket is None:
            self.once("socket", lambda _: self._when_connected(action))
        elif self.socket.connecting:
            self.socket.once("connect", lambda: action(self.socket))
        else:
            action(self.socket)

    # --- the outcome

    def __await__(self) -> Generator[Any, None, IncomingMessage]:
        self._home.call(self._noticed)
        return self._home.wait(self._response()).__await__()

    def _noticed(self) -> None:
        """Somebody awaits the request: its outcome is theirs."""
        if self._unnoticed is not None:
            self._unnoticed.cancel()
            self._unnoticed = None
            self._home.unref()
        if not self.finished and not self.destroyed:
            self.end()

    async def _response(self) -> IncomingMessage:
        if self._failure is not None:
            raise self._failure
        if self.res is not None:
            return self.res
        waiter: asyncio.Future[IncomingMessage] = self._home.loop.create_future()
        self._waiters = (*self._waiters, waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            self._waiters = tuple(each for each in self._waiters if each is not waiter)
            if not self._waiters and not self.listenerCount("response"):
                # Nobody wants the answer any more; left alone, it would keep the socket.
                self.destroy()
            raise

    def _settle(self, response: IncomingMessage | None, err: BaseException | None = None) -> bool:
        """Tell those who await the outcome; False if there are none."""
        waiters, self._waiters = [each for each in self._waiters if not each.done()], ()
        for waiter in waiters:
            if response is not None:
                waiter.set_result(response)
            else:
                waiter.set_exception(err or connection_reset("socket hang up"))
        return bool(waiters)

    def _got_response(self, response: IncomingMessage) -> None:
        awaited = self._settle(response)
        try:
            heard = not self.aborted and self.emit("response", response)
        except Exception as exc:  # noqa: BLE001 - reported; the response is one nobody listens for
            report(exc)
            heard = response.readableFlowing is not None
        if not (awaited or heard):
            # Somebody may still ask for it: it is kept as far as the buffer goes.
            self._home.unread.add(response)

    def _fail(self, err: BaseException) -> None:
        self._failure = err
        if CLIENT_REQUEST_ERROR.subscribers:
            CLIENT_REQUEST_ERROR.publish({"request": self, "error": err})
        awaited = self._settle(None, err)
        if self.listenerCount("error"):
            self._emit_safely("error", err)
            return
        if self._happened is not None:
            self._happened.setdefault("error", (err,))
        if not awaited:
            # A plain script does not end before it is told.
            self._home.ref()
            self._unnoticed = self._home.later(_UNNOTICED_MS, self._report_unnoticed)

    def _report_unnoticed(self) -> None:
        self._home.unref()
        self._unnoticed = None
        if self._failure is not None and not self.listenerCount("error"):
            report(self._failure)

    def _emit_close(self) -> None:
        if not self._handed_over:
            self._settle(None, self._failure)
        super()._emit_close()


def _request_options(
    url: Any, options: Any, callback: Callback | None, more: Options
) -> tuple[Options, Callback | None]:
    """The options of a request from `(url, options, callback)` in all forms Node takes, and the callback."""
    if isinstance(url, str):
        wanted = url_options(url)
    elif url is None and options is None:
        wanted = {}
    elif isinstance(url, Mapping):
        wanted, options, callback = dict(url), None, callback or options
    else:
        raise wrong_type("url", "a str or a mapping of options", url)
    if callable(options) and not isinstance(options, Mapping):
        options, callback = None, options
    if options is not None and not isinstance(options, Mapping):
        raise wrong_type("options", "a mapping", options)
    if callback is not None and not callable(callback):
        raise wrong_type("listener", "of type function", callback)
    wanted.update(options or {})
    wanted.update(more)
    return wanted, callback


def _agent_of(wanted: Options) -> Agent | None:
    agent = wanted.get("agent")
    if agent is False:
        return Agent()
    if agent is None:
        return None if callable(wanted.get("createConnection")) else global_agent()
    if not hasattr(agent, "addRequest"):
        raise wrong_type("options.agent", "an instance of Agent, None or False", agent)
    return agent  # type: ignore[no-any-return]


def _typed(wanted: Options, name: str, kind: type) -> Any:
    value = wanted.get(name)
    if value is not None and not isinstance(value, kind):
        raise wrong_type(f"options.{name}", f"of type {kind.__name__}", value)
    return value


def _method(method: Any) -> str:
    if method is not None and not isinstance(method, str):
        raise wrong_type("options.method", "of type str", method)
    if not method:
        return "GET"
    checked_name(method, "Method")
    return method.upper()


def _host(wanted: Options, name: str) -> str | None:
    host = wanted.get(name)
    if host is not None and not isinstance(host, str):
        raise wrong_type(f"options.{name}", "of type str or None", host)
    return host


def checked_path(path: Any) -> str:
    """A request target. Raises ERR_UNESCAPED_CHARACTERS for spaces, control and non-Latin-1 characters."""
    text = str(path)
    if _UNESCAPED.search(text):
        raise error("ERR_UNESCAPED_CHARACTERS", "Request path")
    return text
