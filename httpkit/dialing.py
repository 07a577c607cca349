"""From what `connect()` was asked for to a connected socket: the name look-up, then one address after the other.

Where a name has several addresses, the families take turns and each address but the last has a limited time to answer:
Node's `autoSelectFamily`, which is RFC 8305 without attempts that overlap.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#socketconnectoptions-connectlistener
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket as sockets
from asyncio import AbstractEventLoop
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, NamedTuple

from .errors import (
    AggregateError,
    NodeError,
    SystemCallError,
    error,
    from_os_error,
    out_of_range,
    raisable,
    wrong_type,
    wrong_value,
)

Callback = Callable[..., Any]
Lookup = Callable[[str, dict[str, Any], Callback], Any]
# Hears of each step; what it raises ends the way to the socket.
Tell = Callable[..., None]

# How long, in ms, each address but the last has to answer.
ATTEMPT_TIMEOUT = 250
_SHORTEST_ATTEMPT = 10
_LONGEST_ATTEMPT = 2**31 - 1

_FAMILIES = {4: sockets.AF_INET, 6: sockets.AF_INET6}
_ANY = {4: "0.0.0.0", 6: "::"}  # noqa: S104 - where a connection comes from, not who is let in
_FAMILY_NAMES = {"IPv4": 4, "IPv6": 6}
_HINTS = sockets.AI_ADDRCONFIG | sockets.AI_ALL | sockets.AI_V4MAPPED


class Address(NamedTuple):
    """An IP address and its family, 4 or 6."""

    ip: Any
    family: Any

    @property
    def usable(self) -> bool:
        return ip_version(self.ip) != 0 and self.family in _FAMILIES


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to connect to and how: the options of `connect`, checked."""

    port: int
    host: str = "localhost"
    path: str | None = None
    family: Any = None
    hints: int = 0
    lookup: Lookup | None = None
    localAddress: str | None = None
    localPort: int = 0
    autoSelectFamily: bool = True
    autoSelectFamilyAttemptTimeout: int = ATTEMPT_TIMEOUT
    blockList: Any = None


def connect_options(args: tuple[Any, ...], options: dict[str, Any]) -> tuple[dict[str, Any], Callback | None]:
    """What the many forms of `connect` ask for, and the callback."""
    rest = [each for each in args if not callable(each)]
    callback = next((each for each in args if callable(each)), None)
    wanted: dict[str, Any] = {}
    if rest and isinstance(rest[0], Mapping):
        wanted.update(rest[0])
    elif rest and isinstance(rest[0], str) and not rest[0].strip().isdecimal():
        wanted["path"] = rest[0]
    else:
        wanted.update(zip(("port", "host"), rest, strict=False))
    return {name: value for name, value in {**wanted, **options}.items() if value is not None}, callback


# Option of `connect`, what it must be, how to tell.
_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "port": ("one of type int or str", lambda value: isinstance(value, (int, str)) and not isinstance(value, bool)),
    "host": ("of type str", lambda value: isinstance(value, str)),
    "path": ("of type str", lambda value: isinstance(value, str)),
    "hints": ("of type int", lambda value: isinstance(value, int)),
    "lookup": ("of type function", callable),
    "localAddress": ("of type str", lambda value: isinstance(value, str)),
    "localPort": ("of type int", lambda value: isinstance(value, int) and not isinstance(value, bool)),
    "autoSelectFamily": ("of type bool", lambda value: isinstance(value, bool)),
    "autoSelectFamilyAttemptTimeout": (
        "of type int",
        lambda value: isinstance(value, int) and not isinstance(value, bool),
    ),
    "blockList": ("a BlockList, or have its method check()", lambda value: hasattr(value, "check")),
}


def destination(options: Mapping[str, Any]) -> Destination:
    """The part of a socket's `options` that says where to connect to.

    Raises ERR_MISSING_ARGS, ERR_SOCKET_BAD_PORT, ERR_INVALID_IP_ADDRESS, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
    ERR_OUT_OF_RANGE.
    """
    given = {name: options[name] for name in Destination.__dataclass_fields__ if options.get(name) is not None}
    for name, (expected, is_right) in _RULES.items():
        if name in given and not is_right(given[name]):
            raise wrong_type(f"options.{name}", expected, given[name])
    if "port" not in given and "path" not in given:
        raise error("ERR_MISSING_ARGS", '"options" or "port" or "path" argument')
    given["port"] = checked_port(given.get("port", 0))
    given["host"] = given.get("host") or "localhost"
    if "\0" in given["host"]:
        raise wrong_value("options.host", "must be a string without null bytes", given["host"])
    if given.get("localAddress") and not ip_version(given["localAddress"]):
        raise error("ERR_INVALID_IP_ADDRESS", given["localAddress"])
    _check_look_up(given)
    if "autoSelectFamilyAttemptTimeout" in given:
        limit = given["autoSelectFamilyAttemptTimeout"]
        if not 1 <= limit <= _LONGEST_ATTEMPT:
            raise out_of_range("options.autoSelectFamilyAttemptTimeout", f">= 1 && <= {_LONGEST_ATTEMPT}", limit)
        given["autoSelectFamilyAttemptTimeout"] = max(limit, _SHORTEST_ATTEMPT)
    return Destination(**given)


def _check_look_up(given: dict[str, Any]) -> None:
    family = given.get("family")
    given["family"] = family = _FAMILY_NAMES.get(family, family) if isinstance(family, str) else family
    if "lookup" not in given and family not in (None, 0, 4, 6):
        # A resolver of one's own may know others.
        raise wrong_value("options.family", "must be one of: 0, 4, 6", family)
    if given.get("hints", 0) & ~_HINTS:
        raise wrong_value("hints", "must be made of AI_ADDRCONFIG, AI_ALL and AI_V4MAPPED", given["hints"])


def checked_port(port: Any, name: str = "Port") -> int:
    """`port` as an int: 0 to 65535, also as digits. Raises ERR_SOCKET_BAD_PORT."""
    text = str(port).strip() if isinstance(port, str) else port
    number = int(text) if isinstance(text, str) and text.isdecimal() else text
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 65536:
        raise error("ERR_SOCKET_BAD_PORT", name, f"type {type(port).__name__} ({port!r})")
    return number


def ip_version(text: Any) -> int:
    """4 or 6 if `text` is an IP address, else 0."""
    try:
        return ipaddress.ip_address(text).version if isinstance(text, str) else 0
    except ValueError:
        return 0


def in_turn(addresses: list[Address]) -> list[Address]:
    """Each address once, the families by turns; the family of the first one begins."""
    each = list(dict.fromkeys(addresses))
    first = [address for address in each if address.family == each[0].family]
    other = [address for address in each if address.family != each[0].family]
    return [address for pair in zip_longest(first, other) for address in pair if address is not None]


class Dialing:
    """The way to one connected socket: 'lookup', 'connectionAttempt', … are told to `tell(event, *args)`."""

    def __init__(self, loop: AbstractEventLoop, to: Destination, tell: Tell) -> None:
        self._loop = loop
        self._to = to
        self._tell = tell
        # 'address:port' of what was tried, where there was a choice.
        self.attempted: list[str] | None = None

    async def connect(self) -> sockets.socket:
        """A connected socket.

        Raises ENOTFOUND, ECONNREFUSED, …, an AggregateError where several addresses failed, ERR_IP_BLOCKED,
        ERR_INVALID_IP_ADDRESS, ERR_INVALID_ADDRESS_FAMILY, or what the option `lookup` gives.
        """
        to = self._to
        if to.path:
            return await self._connect_path(to.path)
        version = ip_version(to.host)
        if version:
            return await self._only(Address(to.host, version))
        has_choice = to.autoSelectFamily and to.family not in _FAMILIES and not to.localAddress
        addresses = in_turn(await self._look_up(has_choice))
        return await (self._only(addresses[0]) if len(addresses) == 1 else self._first_that_answers(addresses))

    # --- names

    async def _look_up(self, every: bool) -> list[Address]:
        """The addresses of the host that can be used: all of them, or the first."""
        to = self._to
        hints = to.hints
        if not hints and to.family not in _FAMILIES and os.name != "nt":
            hints = int(sockets.AI_ADDRCONFIG)
        options = {"family": to.family, "hints": hints, **({"all": True} if every else {})}
        try:
            found = await (self._ask(to.lookup, options) if to.lookup is not None else self._resolve(options))
        except Exception as err:
            self._tell("lookup", err, None, None, to.host)
            raise
        for address in found:
            self._tell("lookup", None, address.ip, address.family, to.host)
        usable = [address for address in found if address.usable]
        if not usable:
            raise self._unusable(found[0])
        return usable

    def _unusable(self, address: Address) -> NodeError:
        if not ip_version(address.ip):
            return error("ERR_INVALID_IP_ADDRESS", address.ip)
        return error("ERR_INVALID_ADDRESS_FAMILY", address.family, self._to.host, self._to.port)

    async def _resolve(self, options: dict[str, Any]) -> list[Address]:
        """What the operating system knows."""
        host = self._to.host
        family = _FAMILIES.get(options["family"], sockets.AF_UNSPEC)
        try:
            found = await self._loop.getaddrinfo(
                host, None, family=family, type=sockets.SOCK_STREAM, flags=options["hints"]
            )
        except (OSError, UnicodeError) as exc:
            failure = exc if isinstance(exc, OSError) else sockets.gaierror(sockets.EAI_NONAME, str(exc))
            raise from_os_error(failure, "getaddrinfo", host=host) from None
        addresses = [Address(each[4][0], 6 if each[0] == sockets.AF_INET6 else 4) for each in found]
        return addresses if options.get("all") else addresses[:1]

    async def _ask(self, lookup: Lookup, options: dict[str, Any]) -> list[Address]:
        """What a resolver of the user's own answers, in its own time and from whichever thread."""
        answer: asyncio.Future[tuple[Any, Any, Any]] = self._loop.create_future()

        def settle(outcome: tuple[Any, Any, Any]) -> None:
            if not answer.done():
                answer.set_result(outcome)

        def callback(err: Any = None, address: Any = None, family: Any = None) -> None:
            self._loop.call_soon_threadsafe(settle, (err, address, family))

        result = lookup(self._to.host, options, callback)
        if asyncio.iscoroutine(result):
            await result
        err, address, family = await answer
        if err:
            raise raisable(err)
        if isinstance(address, (list, tuple)):
            return [Address(each["address"], each["family"]) for each in address] or [Address(None, None)]
        return [Address(address, family)]

    # --- attempts

    async def _connect_path(self, path: str) -> sockets.socket:
        attempt = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
        return await self._attempt(attempt, path, (path, None, None))

    async def _only(self, address: Address) -> sockets.socket:
        """The one address there is."""
        attempt = self._bound(address)
        if self._is_blocked(address):
            attempt.close()
            self._tell("connectionAttempt", *self._named(address))
            raise error("ERR_IP_BLOCKED", address.ip)
        return await self._attempt(attempt, (address.ip, self._to.port), self._named(address))

    async def _first_that_answers(self, addresses: list[Address]) -> sockets.socket:
        """One address after the other."""
        failures: list[NodeError] = []
        self.attempted = []
        for address in addresses:
            seconds = None if address is addresses[-1] else self._to.autoSelectFamilyAttemptTimeout / 1000
            try:
                return await self._one_of_several(address, seconds)
            except NodeError as failure:
                failures.append(failure)
        raise AggregateError(failures)

    async def _one_of_several(self, address: Address, seconds: float | None) -> sockets.socket:
        attempt, named = self._bound(address), self._named(address)
        if self._is_blocked(address):
            attempt.close()
            blocked = error("ERR_IP_BLOCKED", address.ip)
            self._tell("connectionAttemptFailed", *named, blocked)
            raise blocked
        assert self.attempted is not None
        self.attempted.append(f"{address.ip}:{self._to.port}")
        try:
            async with asyncio.timeout(seconds):
                return await self._attempt(attempt, (address.ip, self._to.port), named)
        except TimeoutError:
            self._tell("connectionAttemptTimeout", *named)
            raise self._refused(OSError(errno.ETIMEDOUT, ""), named) from None

    async def _attempt(self, attempt: sockets.socket, where: Any, named: tuple[Any, ...]) -> sockets.socket:
        try:
            self._tell("connectionAttempt", *named)
            attempt.setblocking(False)
            await self._loop.sock_connect(attempt, where)
        except OSError as exc:
            attempt.close()
            failure = self._refused(exc, named)
            self._tell("connectionAttemptFailed", *named, failure)
            raise failure from None
        except BaseException:
            attempt.close()
            raise
        return attempt

    def _refused(self, exc: OSError, named: tuple[Any, ...]) -> SystemCallError:
        to = self._to
        failure = from_os_error(exc, "connect", host=named[0], port=named[1])
        if to.localAddress and to.localPort:
            failure.message += f" - Local ({to.localAddress}:{to.localPort})"
        return failure

    def _bound(self, address: Address) -> sockets.socket:
        """A socket with the local end that was asked for. Raises EADDRINUSE, EADDRNOTAVAIL."""
        to = self._to
        opened = sockets.socket(_FAMILIES[address.family], sockets.SOCK_STREAM)
        if to.localAddress or to.localPort:
            local = (to.localAddress or _ANY[address.family], to.localPort)
            try:
                if os.name == "posix":
                    # An end whose last connection lingers in TIME_WAIT may be used again at once.
                    opened.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
                opened.bind(local)
            except OSError as exc:
                opened.close()
                raise from_os_error(exc, "bind", host=local[0], port=local[1] or None) from None
        return opened

    def _is_blocked(self, address: Address) -> bool:
        blocked = self._to.blockList
        return blocked is not None and bool(blocked.check(address.ip, f"ipv{address.family}"))

    def _named(self, address: Address) -> tuple[Any, ...]:
        return address.ip, self._to.port, address.family
