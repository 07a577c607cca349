"""What `listen()` is asked for, and the socket that listens.

Binding happens at once, in the caller's turn: the port is known on the next line.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#serverlisten
"""

from __future__ import annotations

import errno
import ipaddress
import os
import socket as sockets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .abort import addAbortListener, checked_signal
from .dialing import Callback, checked_port
from .errors import from_os_error, wrong_type, wrong_value

LOOPBACK = "127.0.0.1"
BACKLOG = 511

Wanted = dict[str, Any]

_OPTIONS = frozenset(
    {"port", "host", "path", "backlog", "exclusive", "readableAll", "writableAll", "ipv6Only", "reusePort", "signal"}
    | {"fd", "handle"}
)
_READABLE = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def listen_options(args: tuple[Any, ...], options: dict[str, Any]) -> tuple[Wanted, Callback | None]:
    """What the many forms of `listen` ask for, checked, and the callback.

    There is one of: `handle`; `fd`; `port`, an int; `path`. Raises ERR_SOCKET_BAD_PORT, ERR_INVALID_ARG_VALUE,
    ERR_INVALID_ARG_TYPE.
    """
    rest = list(args)
    callback = rest.pop() if rest and callable(rest[-1]) else options.pop("callback", None)
    unknown = set(options) - _OPTIONS
    if unknown:
        raise wrong_type(min(unknown), f"left out: listen() has {', '.join(sorted(_OPTIONS))}", options[min(unknown)])
    return _checked({**_positional(rest), **options}), callback


def _positional(rest: list[Any]) -> Wanted:
    first = rest.pop(0) if rest else None
    wanted: Wanted
    if isinstance(first, Mapping):
        wanted = dict(first)
    elif _is_handle(first):
        wanted = {"handle": first}
    elif isinstance(first, str) and first and not first.strip().isdecimal():
        wanted = {"path": first}
    else:
        wanted = {"port": first}
    if rest and isinstance(rest[0], (str, type(None))) and "port" in wanted:
        wanted["host"] = rest.pop(0)
    if rest:
        wanted["backlog"] = wanted.get("backlog") or rest.pop(0)
    if rest:
        raise wrong_type("listen", "called as listen(port, host, backlog, callback)", rest)
    return wanted


def _is_handle(value: Any) -> bool:
    return hasattr(value, "fileno") or isinstance(getattr(value, "_listening", None), sockets.socket)


def _checked(wanted: Wanted) -> Wanted:
    if wanted.get("signal") is not None:
        checked_signal(wanted["signal"])
    if wanted.get("handle") is not None:
        if not _is_handle(wanted["handle"]):
            raise wrong_value("options.handle", "must be a socket, have fileno(), or be a server", wanted["handle"])
        return wanted
    if isinstance(wanted.get("fd"), int) and wanted["fd"] >= 0:
        return wanted
    path = wanted.get("path")
    if "port" in wanted and wanted["port"] is None and path is None:
        wanted["port"] = 0
    if not isinstance(wanted.get("host"), (str, type(None))):
        raise wrong_type("hostname", "of type str", wanted["host"])
    if isinstance(wanted.get("port"), (int, float, str)) and not isinstance(wanted["port"], bool):
        wanted["port"] = checked_port(wanted["port"], "options.port")
    elif path and isinstance(path, str):
        if path[0] == "\0" and (wanted.get("readableAll") or wanted.get("writableAll")):
            raise wrong_value("options.path", "cannot be abstract with readableAll or writableAll", path)
    else:
        raise wrong_value("options", 'must have the property "port" or "path"', wanted)
    return wanted


def listening_socket(wanted: Wanted) -> sockets.socket:
    """A socket that listens as `listen_options` says. Raises EADDRINUSE, EACCES, EINVAL, ENOTFOUND, …"""
    backlog = wanted.get("backlog") or BACKLOG
    if wanted.get("handle") is not None:
        return _listening(_taken_over(wanted["handle"]), backlog)
    if wanted.get("fd") is not None:
        return _listening(_from_descriptor(wanted["fd"]), backlog)
    if wanted.get("port") is None:
        return bound_to(wanted["path"], backlog, _mode(wanted))
    only, reuse = bool(wanted.get("ipv6Only")), bool(wanted.get("reusePort"))
    return bound(wanted.get("host") or LOOPBACK, wanted["port"], backlog, ipv6_only=only, reuse_port=reuse)


def _mode(wanted: Wanted) -> int:
    return (_READABLE if wanted.get("readableAll") else 0) | (_WRITABLE if wanted.get("writableAll") else 0)


def _taken_over(handle: Any) -> sockets.socket:
    """The socket that `handle` is, or another one for what it has open."""
    if isinstance(handle, sockets.socket):
        return handle
    listening = getattr(handle, "_listening", None)
    if isinstance(listening, sockets.socket):
        return listening.dup()
    return _from_descriptor(os.dup(handle.fileno()))


def _from_descriptor(descriptor: int) -> sockets.socket:
    try:
        return sockets.socket(fileno=descriptor)
    except OSError:
        # libuv's word for all that is no socket.
        raise from_os_error(OSError(errno.EINVAL, ""), "listen") from None


def _listening(taken: sockets.socket, backlog: int) -> sockets.socket:
    try:
        taken.setblocking(False)
        taken.listen(backlog)
    except OSError as exc:
        taken.close()
        raise from_os_error(exc, "listen") from None
    return taken


def bound_to(path: str, backlog: int, mode: int = 0) -> sockets.socket:
    """A socket that listens on the Unix socket `path`, which also gets `mode`. Raises EADDRINUSE, EACCES, …"""
    listening = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.bind(path)
        if mode:
            file = Path(path)
            file.chmod(file.stat().st_mode | mode)
        listening.listen(backlog)
    except OSError as exc:
        listening.close()
        # A folder that is not there is one nobody may write into, says libuv.
        told = OSError(errno.EACCES, "") if exc.errno == errno.ENOENT else exc
        raise from_os_error(told, "listen", host=path) from None
    return listening


def bound(host: str, port: int, backlog: int, *, ipv6_only: bool = False, reuse_port: bool = False) -> sockets.socket:
    """A socket that listens on `host`:`port`. Raises EADDRINUSE, EACCES, ENOTFOUND, ENOTSUP, …"""
    family, address = _resolved(host, port)
    # asyncio turns Nagle's algorithm off where TCP is named.
    listening = sockets.socket(family, sockets.SOCK_STREAM, sockets.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # A port whose last connections linger in TIME_WAIT may be used again at once.
            listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        if family == sockets.AF_INET6:
            listening.setsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_V6ONLY, int(ipv6_only))
        if reuse_port:
            _share_port(listening)
        listening.setblocking(False)
        listening.bind(address)
        listening.listen(backlog)
    except OSError as exc:
        listening.close()
        raise from_os_error(exc, "listen", host=str(address[0]), port=port or None) from None
    return listening


def _resolved(host: str, port: int) -> tuple[int, tuple[Any, ...]]:
    """The address family and address of `host`: the first that is not of one link only."""
    try:
        found = sockets.getaddrinfo(host, port, type=sockets.SOCK_STREAM, flags=sockets.AI_PASSIVE)
    except OSError as exc:
        raise from_os_error(exc, "listen", host=host) from None
    best = next((each for each in found if not ipaddress.ip_address(each[4][0]).is_link_local), found[0])
    return best[0], best[4]


def _share_port(listening: sockets.socket) -> None:
    if not hasattr(sockets, "SO_REUSEPORT"):
        raise OSError(errno.ENOTSUP, "")
    listening.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEPORT, 1)


def close_when_aborted(server: Any, signal: Any) -> None:
    """`server` closes when `signal` is aborted; when it is already, right after what is going on."""
    if signal.aborted:
        server._home.next_tick(server.close)
        return
    following = addAbortListener(signal, lambda _: server.close())
    server.once("close", lambda *_: following.dispose())
