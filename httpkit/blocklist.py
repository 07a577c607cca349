"""BlockList: addresses that are not to be connected to.

Addresses are compared as numbers of IPv6, where 1.2.3.4 is ::ffff:1.2.3.4: so a rule holds in whichever dress its
addresses come.

Source: https://nodejs.org/docs/latest-v24.x/api/net.html#class-netblocklist
"""

from __future__ import annotations

import socket as sockets
from ipaddress import IPv4Address, IPv6Address
from typing import Any, NamedTuple

from .checks import integer
from .errors import NodeError, error, wrong_type, wrong_value

_MAPPED = int(IPv6Address("::ffff:0:0"))
# The name of a family, how many bits its addresses have, and where IPv6 has them.
_FAMILIES = {"ipv4": ("IPv4", 32, _MAPPED), "ipv6": ("IPv6", 128, 0)}


class _Rule(NamedTuple):
    """The numbers from `first` to `last`, and how Node puts that."""

    first: int
    last: int
    text: str


class BlockList:
    """Rules about IP addresses; give it as the option `blockList`, or ask it with `check`."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def __repr__(self) -> str:
        return f"<BlockList {len(self._rules)} rules>"

    @property
    def rules(self) -> list[str]:
        """What is blocked, in words, the newest rule first: 'Subnet: IPv4 8.8.8.0/24'."""
        return [rule.text for rule in reversed(self._rules)]

    @staticmethod
    def isBlockList(value: Any) -> bool:
        """Whether `value` is a BlockList."""
        return isinstance(value, BlockList)

    def addAddress(self, address: str, family: str = "ipv4") -> None:
        """Block one address. Raises ERR_INVALID_ADDRESS, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE."""
        number, text = _parsed(address, family)
        self._rules.append(_Rule(number, number, f"Address: {_known(family)[0]} {text}"))

    def addRange(self, start: str, end: str, family: str = "ipv4") -> None:
        """Block the addresses from `start` to `end`, both included. Raises as `addAddress` does."""
        (first, text), (last, last_text) = _parsed(start, family, "start"), _parsed(end, family, "end")
        if first > last:
            raise wrong_value("start", f"must come before end ({end!r})", start)
        self._rules.append(_Rule(first, last, f"Range: {_known(family)[0]} {text}-{last_text}"))

    def addSubnet(self, network: str, prefix: int, family: str = "ipv4") -> None:
        """Block the addresses whose first `prefix` bits are those of `network`. Raises also ERR_OUT_OF_RANGE."""
        number, text = _parsed(network, family, "network")
        name, bits, _ = _known(family)
        rest = (1 << (bits - integer("prefix", prefix, 0, bits))) - 1
        self._rules.append(_Rule(number & ~rest, number | rest, f"Subnet: {name} {text}/{prefix}"))

    def check(self, address: str, family: str = "ipv4") -> bool:
        """Whether `address` is blocked; False for what is no address. Raises ERR_INVALID_ARG_TYPE."""
        _check_text(address=address, family=family)
        try:
            number, _ = _parsed(address, family)
        except NodeError:
            return False
        return any(rule.first <= number <= rule.last for rule in self._rules)


def _check_text(**values: Any) -> None:
    for name, value in values.items():
        if not isinstance(value, str):
            raise wrong_type(name, "of type str", value)


def _known(family: str) -> tuple[str, int, int]:
    if family.lower() not in _FAMILIES:
        raise wrong_value("options.family", "must be one of: 'ipv4', 'ipv6'", family)
    return _FAMILIES[family.lower()]


def _parsed(address: str, family: str, name: str = "address") -> tuple[int, str]:
    """The number of `address`, and how it is written."""
    _check_text(**{name: address, "family": family})
    _, bits, offset = _known(family)
    try:
        parsed = IPv4Address(address) if bits == 32 else IPv6Address(address)
    except ValueError:
        raise error("ERR_INVALID_ADDRESS") from None
    return offset + int(parsed), sockets.inet_ntop(sockets.AF_INET if bits == 32 else sockets.AF_INET6, parsed.packed)
