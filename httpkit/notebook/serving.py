"""Servers that keep their port while their handler changes.

The server has one listener for good, which calls whatever the handler is now. So a swap is one assignment: no request
falls between two handlers, and connections stay open.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

from httpkit.loop import home
from httpkit.server import Server, createServer

from .cells import compile_cell
from .mistakes import Mistake
from .recording import recorder
from .shown import Shown
from .urls import link_to

Handler = Callable[[Any, Any], Any]

DEFAULT_PORT = 3000
# Seconds that connections have to be gone, and that the loop has to get round to it.
_CLOSING = 5.0
_BUSY = 2.0

_OTHERS = "by another program or another notebook (whose %stop, or whose kernel's end, frees it)"


@dataclass
class Served(Shown):
    """A server whose handler can be exchanged; `swaps` counts how often it was."""

    handler: Handler
    server: Server = field(init=False)
    swaps: int = 0

    def __post_init__(self) -> None:
        self.server = createServer(self._handle)

    def _handle(self, req: Any, res: Any) -> Any:
        return self.handler(req, res)

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def url(self) -> str:
        return link_to(f"http://localhost:{self.port}/")

    @property
    def hints(self) -> tuple[str, ...]:
        return getattr(self.handler, "hints", ())


class Servers(Shown, tuple[Served | Server, ...]):
    """Running servers, those of `%%serve` and those of `createServer`, which notebooks show as a list."""


# By the port that was asked for: 0 stands for one that the system chose.
servers: dict[int, Served] = {}


def serve(handler: Handler, port: int = DEFAULT_PORT) -> Served:
    """Answer requests on `port` with `handler(req, res)`; again on the same port, with the new handler from now on.

    Raises Mistake where the port cannot be had.
    """
    if type(port) is not int or not 0 <= port < 65_536:
        raise Mistake(f"{port!r} is not a port. Expected a number from 0 to 65535.")
    recorder.start()
    served = _served_on(port)
    if served is None:
        return _start(handler, port)
    served.handler = handler
    served.swaps += 1
    return served


def _served_on(port: int) -> Served | None:
    for key, served in servers.items():
        if served.server.listening and port in (key, served.port):
            return served
    return None


def _start(handler: Handler, port: int) -> Served:
    served = Served(handler)
    try:
        served.server.listen(port, "127.0.0.1")
    except OSError as error:
        raise _unavailable(port, error) from None
    servers[port] = served
    return served


def _unavailable(port: int, error: OSError) -> Mistake:
    code = getattr(error, "code", "")
    if code == "EADDRINUSE":
        if any(each.port == port for each in running()):
            return Mistake(f"Port {port} is taken by a server of this notebook: %stop {port} ends it.")
        return Mistake(f"Port {port} is taken, {_OTHERS}: stop it there, or choose another port; 0 is any free one.")
    if code == "EACCES":
        return Mistake(f"Port {port} is reserved for the administrator. Choose one from 1024 to 65535.")
    return Mistake(f"The server cannot listen on port {port}: {error}")


def serve_cell(line: str, cell: str, namespace: dict[str, Any], filename: str = "<%%serve>") -> Served:
    """What `%%serve LINE` does with the cell below it: compile first, so that a typo stops nothing. Raises Mistake."""
    port = port_of(line)
    return serve(compile_cell(f"%%serve {line}", cell, namespace, filename), port)


def port_of(text: str) -> int:
    """The port in `3000`, `:3000` or nothing. Raises Mistake."""
    digits = text.strip().removeprefix(":") or str(DEFAULT_PORT)
    if not digits.isdecimal() or int(digits) > 65535:
        raise Mistake(
            f"“{text.strip()}” is not a port. Expected a number from 0 to 65535, as in %%serve {DEFAULT_PORT}."
        )
    return int(digits)


def stop(port: int) -> None:
    """Close the server on `port` and its connections, and wait until the port is free. Raises Mistake."""
    found = [each for each in running() if each.port == port]
    if not found:
        ports = ", ".join(str(each.port) for each in running()) or "none"
        other = f" Something listens there, {_OTHERS}." if _is_taken(port) else ""
        raise Mistake(f"No server of this notebook is on port {port}. Running: {ports}.{other}")
    for each in found:
        close(_server_of(each))


def _is_taken(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except (OSError, OverflowError):
        return False
    return True


def _server_of(each: Served | Server) -> Server:
    return each.server if isinstance(each, Served) else each


def close(server: Server) -> None:
    """Close a server and its connections, and wait until its port is free."""
    if not server.listening:
        return
    if get_ident() == server._home.thread_id:
        # On the loop's own thread, as in a handler, nothing would come of waiting.
        server._home.spawn(closed(server))
    else:
        try:
            server._home.start(closed(server)).result(_CLOSING + _BUSY)
        except TimeoutError:
            raise Mistake(
                f"The server on port {server.port} cannot be stopped while a handler holds up the event loop, as "
                "time.sleep(…) does. Wait for it, or restart the kernel; `await asyncio.sleep(…)` holds up nobody."
            ) from None


async def closed(server: Server) -> None:
    """Stop listening, close every connection whatever it speaks, and wait until the port is free."""
    is_closed = asyncio.Event()
    server.close(lambda *_: is_closed.set())
    server.closeAllConnections()
    # Those that speak another protocol by now are not the server's any more.
    for connection in list(server._sockets):
        connection.destroy()
    with suppress(TimeoutError):
        await asyncio.wait_for(is_closed.wait(), _CLOSING)


def running() -> Servers:
    """The servers that listen, by port."""
    served = [each for each in servers.values() if each.server.listening]
    known = {each.server for each in served}
    others = [each for each in home().servers if isinstance(each, Server) and each not in known]
    return Servers(sorted([*served, *others], key=lambda each: each.port))


def stop_all() -> None:
    """Close every server."""
    for each in running():
        close(_server_of(each))
    servers.clear()


def stop_served() -> None:
    """Close the servers that `%%serve` started."""
    for served in servers.values():
        close(served.server)
    servers.clear()
