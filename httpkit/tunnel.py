"""A way through a proxy: CONNECT, and what follows the answer is between the two ends.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
"""

from __future__ import annotations

import re
from asyncio import TimerHandle
from collections.abc import Callable, Mapping
from typing import Any

from .constants import MAX_HEADER_SIZE
from .errors import NodeError, error
from .loop import Home
from .messages import plain
from .net import Socket
from .proxies import Proxy, bracketed, connect_head

Opened = Callable[[BaseException | None, Socket | None], Any]

_STATUS = re.compile(r"HTTP/\d\.\d (\d{3})(?: |$)")


def open_tunnel(
    where: Home,
    proxy: Proxy,
    host: str,
    port: int,
    options: Mapping[str, Any],
    callback: Opened,
    connect: Callable[[Proxy], Socket] | None = None,
) -> Socket:
    """Ask `proxy` for a tunnel to `host`:`port`; `callback(err, socket)` gets the socket whose other end is the target.

    `options`: `timeout`, ms until it must be open (none or 0: for ever); `keepAlive`, whether the proxy is told so.
    `connect` gives the socket to a proxy that needs more than TCP. Errors: those of connecting, and ERR_PROXY_TUNNEL
    with `statusCode` where the proxy refuses, with `proxyTunnelTimeout` where it took too long.
    """
    head = connect_head(host, port, proxy, keep_alive=bool(options.get("keepAlive")))
    socket = connect(proxy) if connect is not None else Socket(where).connect(port=proxy.port, host=proxy.host)
    _Tunnel(socket, proxy, f"{bracketed(host)}:{port}", options.get("timeout") or 0, callback)
    socket.write(head)
    return socket


class _Tunnel:
    """Takes the bytes of the socket until the proxy has answered."""

    def __init__(self, socket: Socket, proxy: Proxy, target: str, timeout: float, opened: Opened) -> None:
        self._socket = socket
        self._proxy = proxy
        self._target = target
        self._opened: Opened | None = opened
        self._received = b""
        where = socket._home
        self._timer: TimerHandle | None = where.later(timeout, self._expired, timeout) if timeout else None
        socket._handler = self

    # --- what the socket tells

    def data(self, data: bytes) -> None:
        self._received += data
        head, complete, rest = self._received.partition(b"\r\n\r\n")
        if complete and len(head) <= MAX_HEADER_SIZE:
            self._answered(head.partition(b"\r\n")[0].decode("latin-1"), rest)
        elif len(self._received) > MAX_HEADER_SIZE:
            self._done(self._refused(f"the answer is longer than {MAX_HEADER_SIZE} bytes"))

    def eof(self) -> None:
        self._done(error("ERR_PROXY_TUNNEL", "Connection to establish proxy tunnel ended unexpectedly"))

    def drained(self) -> None:
        """Nothing more is written here."""

    def timed_out(self) -> None:
        """The tunnel has a time of its own: a byte now and then is no reason to wait for ever."""

    def closed(self, err: BaseException | None) -> None:
        if err is not None:
            self._done(err)
        else:
            self.eof()

    # --- the outcome

    def _answered(self, status_line: str, rest: bytes) -> None:
        status = _STATUS.match(status_line)
        if status is None or status[1] != "200":
            self._done(self._refused(status_line, statusCode=int(status[1]) if status else None))
        elif rest:
            # In TLS the client speaks first: this is not from the target.
            self._done(self._refused(f"{len(rest)} bytes before anything was asked"))
        else:
            self._done(None)

    def _refused(self, reason: str, **properties: object) -> NodeError:
        message = f"Failed to establish tunnel to {self._target} via {self._proxy.href}: {plain(reason)}"
        return error("ERR_PROXY_TUNNEL", message, **properties)

    def _expired(self, timeout: float) -> None:
        message = f"Connection to establish proxy tunnel timed out after {timeout:g}ms"
        self._done(error("ERR_PROXY_TUNNEL", message, proxyTunnelTimeout=timeout))

    def _done(self, err: BaseException | None) -> None:
        opened, self._opened = self._opened, None
        if opened is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._socket._handler = None
        if err is not None:
            self._socket.destroy()
        opened(err, None if err is not None else self._socket)
