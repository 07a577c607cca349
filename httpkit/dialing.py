"""From a host and a port to a connected socket: the name look-up, then one address after the other."""

from __future__ import annotations

import ipaddress
import socket as sockets
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from .errors import SystemCallError, from_os_error

Addresses = list[tuple[int, Any]]


async def look_up(
    loop: AbstractEventLoop, host: str, port: int, family: int, told: Callable[[Any, Any, Any, str], None]
) -> Addresses:
    """(address family, address) of each address of `host`, in the order to try them.

    `family` is 4, 6 or 0 for both; `told(err, address, family, host)` hears of a name that was looked up.
    Raises ENOTFOUND, EAI_AGAIN.
    """
    try:
        version = ipaddress.ip_address(host).version
    except ValueError:
        pass
    else:
        return [(sockets.AF_INET if version == 4 else sockets.AF_INET6, (host, port))]
    wanted = {4: sockets.AF_INET, 6: sockets.AF_INET6}.get(family, sockets.AF_UNSPEC)
    try:
        found = await loop.getaddrinfo(host, port, family=wanted, type=sockets.SOCK_STREAM)
    except (OSError, UnicodeError) as exc:
        failure = exc if isinstance(exc, OSError) else sockets.gaierror(sockets.EAI_NONAME, str(exc))
        err = from_os_error(failure, "getaddrinfo", host=host)
        told(err, None, None, host)
        raise err from None
    told(None, found[0][4][0], 6 if found[0][0] == sockets.AF_INET6 else 4, host)
    return [(each[0], each[4]) for each in found]


async def first_that_answers(
    loop: AbstractEventLoop, addresses: Addresses, local: tuple[str, int] | None
) -> sockets.socket:
    """A socket connected to the first address that takes the connection."""
    failure: SystemCallError | None = None
    for family, address in addresses:
        attempt = sockets.socket(family, sockets.SOCK_STREAM)
        try:
            attempt.setblocking(False)
            if local is not None:
                attempt.bind(local)
            await loop.sock_connect(attempt, address)
        except OSError as exc:
            attempt.close()
            failure = from_os_error(exc, "connect", host=address[0], port=address[1])
        except BaseException:
            attempt.close()
            raise
        else:
            return attempt
    assert failure is not None
    raise failure
