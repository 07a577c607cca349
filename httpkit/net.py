"""Socket: a connection of the network, in Node's dress.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#class-netsocket
"""

from __future__ import annotations

import asyncio
from asyncio import Task
from collections.abc import Mapping
from typing import Any, Self, cast

from .abort import addAbortListener, checked_signal
from .blocklist import BlockList
from .checks import integer, number
from .dialing import Dialing, checked_port, connect_options, destination
from .duplex_transport import DuplexTransport
from .errors import AbortError, NodeError, error, wrong_type
from .idle import checked_timeout
from .loop import on_loop
from .record import Record
from .socket_protocol import SocketProtocol
from .tcp_options import (
    RESET,
    Option,
    current_type_of_service,
    keep_alive,
    no_delay,
    set_options,
    type_of_service,
)
from .transport_stream import Callback, Handler, TransportStream

__all__ = [
    "BlockList",
    "Callback",
    "Handler",
    "Socket",
    "SocketProtocol",
    "checked_port",
    "checked_timeout",
    "connect",
    "family_of",
]


class Socket(TransportStream):
    """A TCP connection: 'connect', 'data', 'end', 'drain', 'timeout', 'error', 'close'."""

    # What HTTP leaves on a socket: the server, the parser, and the message that is being sent.
    server: Any = None
    parser: Any = None
    _httpMessage: Any = None

    _dialing: Dialing | None = None
    _connect_task: Task[None] | None = None
    _resets = False
    _names: dict[str, Any] | None = None
    _options: tuple[Option, ...] = ()
    _type_of_service = 0

    def __repr__(self) -> str:
        local, remote = f"{self.localAddress}:{self.localPort}", f"{self.remoteAddress}:{self.remotePort}"
        return f"<{type(self).__name__} {self.readyState} {local} ↔ {remote}>"

    @staticmethod
    def over(duplex: Any) -> Socket:
        """A socket that stands on `duplex`, any stream with Node's methods; a Socket is given back as it is.

        'error' brings ERR_STREAM_WRAP where the stream gives something else than bytes.
        """
        if isinstance(duplex, Socket):
            return duplex
        for method in ("on", "write", "end", "destroy", "pause", "resume"):
            if not callable(getattr(duplex, method, None)):
                raise wrong_type("stream", f"a duplex stream, which has {method}()", duplex)
        socket = Socket()
        if getattr(duplex, "_home", socket._home) is not socket._home:
            # Each would wait for the other's thread.
            raise NodeError(
                f"{duplex!r} lives on another event loop than what it is given to: make both in the same place.",
                "ERR_OTHER_LOOP",
            )
        transport = DuplexTransport(duplex, socket._home.loop, SocketProtocol(socket))
        socket._home.call(transport.start)
        socket._home.call(socket._opened, transport)
        # As in Node, a stream that nobody's network moves keeps no script alive.
        socket.unref()
        return socket

    # --- facts

    @property
    def pending(self) -> bool:
        return self._transport is None

    @property
    def readyState(self) -> str:
        """'opening', 'open', 'readOnly', 'writeOnly' or 'closed'."""
        if self.connecting:
            return "opening"
        if self._transport is None:
            return "closed" if self.destroyed else "open"
        if self._eof:
            return "closed" if self.writableEnded else "writeOnly"
        return "readOnly" if self.writableEnded else "open"

    @property
    def bufferSize(self) -> int | None:
        """The same as `writableLength`; None where there is no connection."""
        return None if self._transport is None and not self.connecting else self.writableLength

    @property
    def autoSelectFamilyAttemptedAddresses(self) -> list[str] | None:
        """'address:port' of each address that was tried; None where there was no choice."""
        return None if self._dialing is None else self._dialing.attempted

    def address(self) -> Record:
        """The local end: {'address', 'family', 'port'}; empty where there is none."""
        local = self._end("sockname")
        return Record(address=local[0], family=family_of(local[0]), port=local[1]) if local else Record()

    @property
    def localAddress(self) -> str | None:
        return (self._end("sockname") or (None,))[0]

    @property
    def localPort(self) -> int | None:
        return cast("int | None", (self._end("sockname") or (None, None))[1])

    @property
    def localFamily(self) -> str | None:
        return family_of(self.localAddress)

    @property
    def remoteAddress(self) -> str | None:
        return (self._end("peername") or (None,))[0]

    @property
    def remotePort(self) -> int | None:
        return cast("int | None", (self._end("peername") or (None, None))[1])

    @property
    def remoteFamily(self) -> str | None:
        return family_of(self.remoteAddress)

    def _end(self, name: str) -> Any:
        if self._names is None and self._transport is not None:
            info = self._transport.get_extra_info
            self._names = {"sockname": info("sockname"), "peername": info("peername")}
        found = (self._names or {}).get(name)
        # The ends of a Unix socket have paths at most.
        return found if isinstance(found, tuple) else None

    # --- opening

    @on_loop
    def connect(self, *args: Any, **options: Any) -> Self:
        """Connect: `connect(port, host, callback)`, `connect(path, callback)` or `connect(options, callback)`.

        Options, also as keywords: port, host ('localhost'), path; family (4, 6, 0), hints, lookup; localAddress,
        localPort; autoSelectFamily (True), autoSelectFamilyAttemptTimeout (250 ms); blockList; signal; timeout (ms),
        noDelay (True), keepAlive, keepAliveInitialDelay (ms), typeOfService, allowHalfOpen, highWaterMark (bytes).
        'connect' or 'error' follows. Raises what `destination` raises.

        Source: https://nodejs.org/docs/latest-v24.x/api/net.html#socketconnectoptions-connectlistener
        """
        wanted, callback = connect_options(args, options)
        to = destination(wanted)
        if callback is not None:
            self.once("connect", callback)
        self._configure(wanted)
        if not self.destroyed:
            self.connecting = True
            self._hold()
            self._dialing = Dialing(self._home.loop, to, self._tell)
            self._connect_task = self._home.spawn(self._connect(self._dialing))
        return self

    def _configure(self, options: Mapping[str, Any]) -> None:
        self.allowHalfOpen = bool(options.get("allowHalfOpen", self.allowHalfOpen))
        if "highWaterMark" in options:
            self.readableHighWaterMark = self.writableHighWaterMark = options["highWaterMark"]
        if options.get("timeout"):
            self.setTimeout(options["timeout"])
        if "noDelay" in options:
            self.setNoDelay(options["noDelay"])
        if options.get("keepAlive"):
            self.setKeepAlive(True, options.get("keepAliveInitialDelay", 0))
        if "typeOfService" in options:
            self.setTypeOfService(options["typeOfService"])
        if "signal" in options:
            signal = checked_signal(options["signal"])
            following = addAbortListener(
                signal, lambda _: self._home.post(self.destroy, AbortError(cause=signal.reason))
            )
            self.once("close", lambda *_: following.dispose())

    async def _connect(self, dialing: Dialing) -> None:
        try:
            opened = await dialing.connect()
            await self._home.loop.create_connection(lambda: SocketProtocol(self), sock=opened)
        except Exception as err:  # noqa: BLE001 - also what a resolver of the user's own raises
            self._home.enter(self._failed, err)

    def _tell(self, event: str, *args: Any) -> None:
        self._emit_safely(event, *args)
        if self.destroyed:
            # By its listener: nothing more is to be tried.
            raise asyncio.CancelledError

    def _use(self, transport: asyncio.Transport) -> None:
        super()._use(transport)
        if self._options and not self.destroyed:
            self._set_options(self._options)

    def _announce(self) -> None:
        super()._announce()
        if self._resets:
            self.resetAndDestroy()

    def _failed(self, err: BaseException) -> None:
        """Connecting did not work."""
        self.connecting = False
        self.destroy(err)

    # --- reading and closing

    @on_loop
    def setEncoding(self, encoding: str) -> Self:
        """Give 'data' as str. Raises ERR_HTTP_SOCKET_ENCODING while a server speaks HTTP over it."""
        if self.server is not None and self._handler is not None:
            raise error("ERR_HTTP_SOCKET_ENCODING")
        return super().setEncoding(encoding)

    def _destroy(self, err: BaseException | None) -> None:
        # uvloop tells nobody that a connection is lost whose task was cancelled when it was already made.
        if self._connect_task is not None and self._transport is None:
            self._connect_task.cancel()
        super()._destroy(err)

    def _lost(self, exc: Exception | None) -> None:
        # Who it was is asked afterwards, too.
        self._end("sockname")
        super()._lost(exc)

    @on_loop
    def resetAndDestroy(self) -> Self:
        """Close with a TCP reset, once it is connected; ERR_SOCKET_CLOSED follows where there is no connection."""
        if self.connecting:
            self._resets = True
        elif self._transport is None:
            self.destroy(error("ERR_SOCKET_CLOSED"))
        else:
            self._set_options([RESET])
            self.destroy()
        return self

    # --- time

    @property
    def timeout(self) -> float | None:
        """What `setTimeout` was told, in ms."""
        return self._idle.timeout

    @on_loop
    def setTimeout(self, timeout: float, callback: Callback | None = None) -> Self:
        """Emit 'timeout' once after `timeout` ms without traffic, again after more traffic; 0 for never.

        It only notifies.
        """
        if self.destroyed:
            return self
        self._idle.begin(checked_timeout(timeout))
        if callback is not None:
            if timeout:
                self.once("timeout", callback)
            else:
                self.off("timeout", callback)
        return self

    # --- options

    @on_loop
    def setNoDelay(self, noDelay: bool = True) -> Self:
        """Send small writes at once (the default here), or let TCP collect them."""
        return self._set_options(no_delay(bool(noDelay)))

    @on_loop
    def setKeepAlive(
        self, enable: Any = False, initialDelay: float = 0, interval: float | None = None, count: int | None = None
    ) -> Self:
        """Probe an idle connection: first after `initialDelay` ms, then `count` times, `interval` ms apart.

        Also as a mapping: {'enable', 'initialDelay', 'interval', 'count'}. Raises ERR_INVALID_ARG_TYPE.
        """
        if isinstance(enable, Mapping):
            return self.setKeepAlive(**enable)
        number("initialDelay", initialDelay)
        return self._set_options(keep_alive(bool(enable), initialDelay, interval, count))

    @on_loop
    def setTypeOfService(self, tos: int) -> Self:
        """Mark the packets: the TOS byte of IPv4, the traffic class of IPv6. Raises ERR_OUT_OF_RANGE."""
        self._type_of_service = tos = integer("tos", tos, 0, 255)
        return self._set_options(type_of_service(tos))

    @on_loop
    def getTypeOfService(self) -> int:
        """What `setTypeOfService` has set, or what the system has."""
        raw = self._raw()
        current = current_type_of_service(raw) if raw is not None else None
        return self._type_of_service if current is None else current

    def _raw(self) -> Any:
        """The socket of the operating system, where there is one."""
        return self._transport.get_extra_info("socket") if self._transport is not None else None

    def _set_options(self, options: list[Option] | tuple[Option, ...]) -> Self:
        raw = self._raw()
        if raw is not None:
            set_options(raw, options)
        elif self._transport is None:
            self._options = (*self._options, *options)
        return self


def family_of(address: str | None) -> str | None:
    """'IPv4' or 'IPv6', as Node names the family of an address."""
    return None if address is None else "IPv6" if ":" in address else "IPv4"


def connect(*args: Any, **options: Any) -> Socket:
    """A socket that connects: `connect(port, host, callback)`, `connect(path, callback)`, `connect(options, callback)`.

    Raises as `Socket.connect` does.

    Source: https://nodejs.org/docs/latest-v24.x/api/net.html#netconnect
    """
    return Socket().connect(*args, **options)
