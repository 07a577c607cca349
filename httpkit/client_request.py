"""ClientRequest: a request on its way to a server, and the promise of a response.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#class-httpclientrequest
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Generator
from typing import Any, Self

from . import redact
from .abort import AbortSignal, checked_signal
from .agent import Agent, connect_once
from .client_connection import ClientConnection
from .diagnostics import CLIENT_REQUEST_CREATED, CLIENT_REQUEST_ERROR, CLIENT_REQUEST_START
from .errors import AbortError, SystemCallError, connection_reset, error, report, wrong_type
from .framing import Head, frame
from .global_agents import global_agent
from .headers import checked_name, checked_texts, header_pairs, unique_names
from .incoming import IncomingMessage
from .loop import home, on_loop
from .net import Callback, Socket, checked_port, checked_timeout
from .outgoing import OutgoingMessage
from .proxies import Proxy, absolute_target, bracketed, the_host_in
from .request_options import (
    Options,
    basic_credentials,
    checked_host,
    checked_method,
    checked_path,
    checked_properties,
    request_options,
)

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
    upgradeOrConnect = False
    res: IncomingMessage | None = None
    timeout: float | None = None
    maxHeadersCount: int | None = None
    maxHeaderSize: int | None = None
    joinDuplicateHeaders: bool | None = None
    insecureHTTPParser: bool | None = None
    httpValidation: str | None = None
    socketPath: str | None = None

    _agent_options: Options | None = None
    _connection: ClientConnection | None = None
    # Who watches it, if anybody does.
    _observer: Any = None
    _ended = False
    # Whether the socket's 'timeout' is the request's too; it is once.
    _hears_timeout = False
    _timeout_told = False
    _signal: AbortSignal | None = None
    _reason: BaseException | None = None
    _failure: BaseException | None = None
    _unnoticed: asyncio.TimerHandle | None = None
    _waiters: tuple[asyncio.Future[IncomingMessage], ...] = ()

    def __init__(self, url: Any = None, options: Any = None, callback: Callback | None = None, **more: Any) -> None:
        wanted, callback = request_options(url, options, callback, more)
        agent, protocol = _agent_of(wanted)
        # A request lives where its agent does: the sockets belong to that loop.
        here = home()
        self._home = getattr(agent, "_home", here)
        if self._home is not here:
            self._happened = {}
        else:
            super().__init__()
        self.agent = agent
        self._configure(wanted, agent, protocol)
        if callback is not None:
            self.once("response", callback)
        self._home.call(self._start, wanted)

    def __repr__(self) -> str:
        outcome = f"{self.res.statusCode}" if self.res is not None else "failed" if self._failure else "pending"
        where = self.path if "://" in self.path else f"{self.protocol}//{self._place}{self.path}"
        return f"<ClientRequest {self.method} {redact.url(where)} {outcome}>"

    def _configure(self, wanted: Options, agent: Agent | None, protocol: str) -> None:
        self.protocol: str = wanted.get("protocol") or protocol
        expected = getattr(agent, "protocol", None) or protocol
        if self.protocol != expected:
            raise error("ERR_INVALID_PROTOCOL", self.protocol, expected)
        self._path = checked_path(wanted.get("path") or "/")
        if properties := checked_properties(wanted):
            vars(self).update(properties)
        self._default_port = wanted.get("defaultPort") or getattr(agent, "defaultPort", None)
        port = wanted.get("port") or self._default_port or 80
        wanted["port"] = port if self.socketPath else checked_port(port)
        wanted["host"] = self.host = checked_host(wanted)
        self._place = self._origin(wanted["port"])
        self._method = checked_method(wanted.get("method"))
        self.useChunkedEncodingByDefault = self.method not in _METHODS_WITHOUT_BODY
        self._lenient = self.httpValidation == "relaxed"
        self._unique = unique_names(wanted.get("uniqueHeaders"))
        # The sockets of an agent that neither keeps nor shares them serve one request.
        keeps = getattr(agent, "keepAlive", False) or getattr(agent, "maxSockets", math.inf) != math.inf
        self.shouldKeepAlive = keeps
        self._last = not keeps
        signal = wanted.pop("signal", None)
        if signal is not None:
            self._signal = checked_signal(signal, "signal")

    @property
    def method(self) -> str:
        """The request method, in upper case. Raises ERR_INVALID_HTTP_TOKEN when set to what is none."""
        return self._method

    @method.setter
    def method(self, method: Any) -> None:
        self._method = checked_method(method)

    @property
    def path(self) -> str:
        """The request target; the part of the URL behind the host. Raises ERR_UNESCAPED_CHARACTERS when set."""
        return self._path

    @path.setter
    def path(self, path: Any) -> None:
        self._path = checked_path(path)

    def _origin(self, port: Any) -> str:
        if self.socketPath:
            return f"unix:{self.socketPath}:"
        return bracketed(self.host) + ("" if port == self._default_port else f":{port}")

    def __getattr__(self, name: str) -> Any:
        hint = f": it is the response's, as in (await request).{name}" if hasattr(IncomingMessage, name) else ""
        raise AttributeError(f"a ClientRequest has no {name!r}{hint}", name=name, obj=self)

    # --- sending

    def _start(self, wanted: Options) -> None:
        headers = wanted.get("headers")
        if isinstance(headers, (list, tuple)):
            self._start_exactly(header_pairs(headers), wanted)
        else:
            for name, value in header_pairs(headers or {}):
                self.setHeader(name, value)
            self._add_default_headers(wanted)
            if self.hasHeader("expect"):
                self._implicit_head()
        if self.agent is not None:
            self.agent.addRequest(self, wanted)
        else:
            self._connect_alone(wanted)
        if self._signal is not None:
            self._obey(self._signal)
        if CLIENT_REQUEST_CREATED.subscribers:
            CLIENT_REQUEST_CREATED.publish({"request": self})

    def _start_exactly(self, headers: list[tuple[str, Any]], wanted: Options) -> None:
        """A list of headers is sent as it is: nothing is added but how the body is framed."""
        checked = [
            (checked_name(name), name, checked_texts(name, value, lenient=self._lenient)) for name, value in headers
        ]
        if (proxy := self._proxy(wanted)) is not None:
            self._address(proxy, wanted, the_host_in(headers), exactly=True)
        self._store_head(self._request_line(), checked)

    def _connect_alone(self, wanted: Options) -> None:
        """Without an agent the request brings its own connection, and nobody takes that over."""
        self.shouldKeepAlive = False
        self._last = True
        try:
            connect_once(wanted["createConnection"], {**wanted, "path": self.socketPath}, self._connected)
        except Exception as exc:  # noqa: BLE001 - it is the user's function: whatever it raises fails the request
            self._connected(exc)

    def _connected(self, err: BaseException | None, socket: Any = None) -> None:
        self.onSocket(socket, err)

    def _add_default_headers(self, wanted: Options) -> None:
        automatic = wanted.get("setDefaultHeaders") is not False
        if not automatic:
            self._removed |= {"connection", "content-length", "transfer-encoding"}
        given_host = self.getHeader("host")
        set_host = wanted.get("setHost")
        if not given_host and (automatic if set_host is None else set_host):
            host, port = bracketed(self.host), wanted["port"]
            self.setHeader("Host", host if str(port) == str(self._default_port) else f"{host}:{port}")
        if wanted.get("auth") and not self.hasHeader("authorization"):
            self.setHeader("Authorization", basic_credentials(wanted["auth"]))
        if (proxy := self._proxy(wanted)) is not None:
            self._address(proxy, wanted, given_host)

    def _proxy(self, wanted: Options) -> Proxy | None:
        """The proxy this request is sent to; those of https are asked for tunnels instead."""
        agent = self.agent
        if getattr(agent, "_proxy", None) is None or agent is None or self.protocol != "http:":
            return None
        return agent._proxy_for(wanted)

    def _address(self, proxy: Proxy, wanted: Options, given_host: str | None, *, exactly: bool = False) -> None:
        """Say to `proxy` where the request is going, and what it wants to know of us."""
        target = None
        if self.method != "CONNECT" and (self.method, self._path) != ("OPTIONS", "*"):
            target, host = absolute_target(self._path, self.host, wanted["port"], given_host, exactly=exactly)
            if self.hasHeader("host"):
                self.setHeader("Host", host)
        if proxy.authorization:
            self.setHeader("proxy-authorization", proxy.authorization)
        self.setHeader("proxy-connection", "keep-alive" if self.shouldKeepAlive else "close")
        if target is not None:
            self.path = target

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
        if socket is not None and err is None:
            socket._httpMessage = self
        self._home.next_tick(self._take_socket, socket, err)

    def _take_socket(self, socket: Socket | None, err: BaseException | None) -> None:
        if err is not None or self.destroyed or socket is None:
            if socket is not None and err is None and self.agent is not None and not socket.destroyed:
                # Given up before it was sent: the socket is as good as new.
                socket.emit("free")
            elif socket is not None:
                socket.destroy(err)
            self._gone(err)
            return
        self.socket = socket
        self._connection = ClientConnection(self, socket)
        if self.timeout is not None or getattr(self.agent, "_timeout", False):
            self._hears_timeout = True
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

    def _obey(self, signal: AbortSignal) -> None:
        """Destroy the request when `signal` is aborted, in whichever thread."""
        signal.addEventListener("abort", self._aborted)
        if signal.aborted:
            self._aborted()

    def _aborted(self, *_: Any) -> None:
        if self._signal is not None:
            self._home.post(self.destroy, AbortError(cause=self._signal.reason))

    @on_loop
    def setTimeout(self, timeout: float, callback: Callback | None = None) -> Self:
        """Emit 'timeout', once, after `timeout` ms without traffic; `callback` is called then. It only notifies.

        0 is for never. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE.
        """
        if self._ended:
            return self
        checked_timeout(timeout)
        self._hears_timeout = True
        if callback is not None:
            self.once("timeout", callback)
        self._when_connected(lambda socket: socket.setTimeout(timeout))
        return self

    def clearTimeout(self, callback: Callback | None = None) -> None:
        """The same as `setTimeout(0, callback)`."""
        self.setTimeout(0, callback)

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
            # It may have failed between the beginning of the `await` and now.
            self._noticed()
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
                # Nobody wants the answer any more, nor why there is none; left alone, it would keep the socket.
                self.on("error", lambda _: None)
                self.destroy()
            raise

    def _give_up_waiting(self) -> None:
        """The time that was asked for is over: in Node somebody listens for that, here somebody may only await."""
        reading = self.res is not None and self.res._whole is not None
        if self._waiters or reading:
            err = SystemCallError(f"no answer for {self.timeout:g} ms", "ETIMEDOUT")
            self.res.destroy(err) if self.res is not None else self.destroy(err)

    def _settle(self, response: IncomingMessage | None, err: BaseException | None = None) -> bool:
        """Tell those who await the outcome; False if there are none."""
        waiters, self._waiters = [each for each in self._waiters if not each.done()], ()
        for waiter in waiters:
            if response is not None:
                waiter.set_result(response)
            else:
                waiter.set_exception(err or connection_reset("socket hang up"))
        return bool(waiters)

    def _replay(self, name: str, stored: Callable[..., Any]) -> None:
        if name in ("upgrade", "connect"):
            # Whoever asks for it late takes the socket, too.
            self._home.unread.discard(self)
        super()._replay(name, stored)

    def _dump(self) -> None:
        """Nobody can ask any more for the socket that the server has handed over."""
        if self.socket is not None:
            self.socket.destroy()

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
        if not self.upgradeOrConnect:
            self._settle(None, self._failure)
        if self._signal is not None:
            self._signal.removeEventListener("abort", self._aborted)
        super()._emit_close()


def _agent_of(wanted: Options) -> tuple[Agent | None, str]:
    """The agent of a request, and the protocol of the one it would have if it named none."""
    agent, default = wanted.get("agent"), wanted.get("_defaultAgent")
    if agent is None or agent is False:
        default = default or global_agent()
        if agent is False:
            agent = type(default)()
        elif not callable(wanted.get("createConnection")):
            agent = default
        return agent, default.protocol
    if not callable(getattr(agent, "addRequest", None)):
        raise wrong_type("options.agent", "an instance of Agent, None or False", agent)
    return agent, Agent.protocol if default is None else default.protocol
