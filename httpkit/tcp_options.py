"""What the operating system is asked to do with a connection, as options of its socket: (level, name, value).

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#socketsetkeepaliveenable-initialdelay-interval-count
"""

from __future__ import annotations

import socket as sockets
import struct
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

Option = tuple[int, int, int | bytes]

# The option for the delay before the first probe has its own name on macOS.
_KEEP_IDLE: int | None = getattr(sockets, "TCP_KEEPIDLE", getattr(sockets, "TCP_KEEPALIVE", None))
_KEEP_INTERVAL: int | None = getattr(sockets, "TCP_KEEPINTVL", None)
_KEEP_COUNT: int | None = getattr(sockets, "TCP_KEEPCNT", None)
_TRAFFIC_CLASS: int | None = getattr(sockets, "IPV6_TCLASS", None)

# Close with a reset: linger, for no time at all.
RESET: Option = (sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))

# The options of a protocol mean something to its sockets only.
_FAMILIES = {sockets.IPPROTO_IP: (sockets.AF_INET,), sockets.IPPROTO_IPV6: (sockets.AF_INET6,)}
_INTERNET = (sockets.AF_INET, sockets.AF_INET6)


def no_delay(wanted: bool) -> list[Option]:
    """Send small writes at once, or let TCP collect them."""
    return [(sockets.IPPROTO_TCP, sockets.TCP_NODELAY, int(wanted))]


def keep_alive(wanted: bool, delay: float, interval: float | None, count: int | None) -> list[Option]:
    """Probe an idle connection after `delay` ms (0: the system decides), `count` times, `interval` ms apart."""
    options: list[Option] = [(sockets.SOL_SOCKET, sockets.SO_KEEPALIVE, int(wanted))]
    seconds = int(delay / 1000)
    if wanted and seconds > 0:
        # Without a word about them, libuv's numbers.
        times = 1 if interval is None else int(interval / 1000)
        probes = {_KEEP_IDLE: seconds, _KEEP_INTERVAL: times, _KEEP_COUNT: 10 if count is None else count}
        options += [(sockets.IPPROTO_TCP, name, value) for name, value in probes.items() if name is not None and value]
    return options


def type_of_service(value: int) -> list[Option]:
    """Mark the packets with `value`: the TOS byte of IPv4, the traffic class of IPv6."""
    options: list[Option] = [(sockets.IPPROTO_IP, sockets.IP_TOS, value)]
    return options if _TRAFFIC_CLASS is None else [*options, (sockets.IPPROTO_IPV6, _TRAFFIC_CLASS, value)]


def set_options(raw: Any, options: Iterable[Option]) -> None:
    """Give `raw`, an open socket, those of `options` that its protocol has."""
    for level, name, value in options:
        if raw.family in _FAMILIES.get(level, _INTERNET):
            raw.setsockopt(level, name, value)


def current_type_of_service(raw: Any) -> int | None:
    """What the packets of `raw` are marked with; None where they cannot be."""
    for level, name, _ in type_of_service(0):
        if raw.family in _FAMILIES[level]:
            with suppress(OSError):
                return int(raw.getsockopt(level, name))
    return None
