"""What `listen()` is asked for, and the socket that listens.

Binding happens at once, in the caller's turn: the port is known on the next line.
"""

from __future__ import annotations

import os
import socket as sockets
from collections.abc import Mapping
from typing import Any

from .errors import from_os_error, wrong_type
from .net import Callback

LOOPBACK = "127.0.0.1"
BACKLOG = 511


def listen_options(args: tuple[Any, ...], options: dict[str, Any]) -> tuple[dict[str, Any], Callback | None]:
    """What the many forms of `listen` ask for, and the callback."""
    rest = list(args)
    callback = rest.pop() if rest and callable(rest[-1]) else options.pop("callback", None)
    wanted: dict[str, Any] = {}
    if rest and isinstance(rest[0], Mapping):
        wanted.update(rest.pop(0))
    elif rest and isinstance(rest[0], str) and not rest[0].strip().isdecimal():
        wanted["path"] = rest.pop(0)
    for name in ("port", "host", "backlog"):
        if not rest:
            break
        value = rest.pop(0)
        if name == "host" and isinstance(value, int) and not isinstance(value, bool):
            # The form with a backlog in place of the host.
            name = "backlog"
        wanted[name] = value
    if rest:
        raise wrong_type("listen", "called as listen(port, host, backlog, callback)", args)
    wanted.update(options)
    unknown = set(options) - {"port", "host", "backlog", "path"}
    if unknown:
        raise wrong_type(min(unknown), "left out: listen() has port, host, backlog and path", options[min(unknown)])
    return wanted, callback


def bound_to(path: str, backlog: int) -> sockets.socket:
    """A socket that listens on the Unix socket `path`. Raises EADDRINUSE, EACCES, …"""
    listening = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.bind(path)
        listening.listen(backlog)
    except OSError as exc:
        listening.close()
        raise from_os_error(exc, "listen", host=path) from None
    return listening


def bound(host: str, port: int, backlog: int) -> sockets.socket:
    """A socket that listens on `host`:`port`. Raises EADDRINUSE, EACCES, ENOTFOUND, …"""
    try:
        found = sockets.getaddrinfo(host, port, type=sockets.SOCK_STREAM, flags=sockets.AI_PASSIVE)
    except OSError as exc:
        raise from_os_error(exc, "listen", host=host) from None
    family, kind, protocol, _, address = found[0]
    where = str(address[0])
    listening = sockets.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # A port whose last connections linger in TIME_WAIT may be used again at once.
            listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        listening.setblocking(False)
        listening.bind(address)
        listening.listen(backlog)
    except OSError as exc:
        listening.close()
        raise from_os_error(exc, "listen", host=where, port=port) from None
    return listening
