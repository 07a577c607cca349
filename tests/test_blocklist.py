"""Which addresses a BlockList blocks; the expected values are what Node 24 answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from httpkit.blocklist import BlockList
from httpkit.errors import NodeError


def blocking(*rules: tuple[str, tuple[object, ...]]) -> BlockList:
    blocked = BlockList()
    for kind, values in rules:
        getattr(blocked, f"add{kind}")(*values)
    return blocked


def test_rules_are_told_in_nodes_words_the_newest_first() -> None:
    blocked = blocking(
        ("Address", ("1.2.3.4",)),
        ("Range", ("10.0.0.1", "10.0.0.9")),
        ("Subnet", ("8.8.8.0", 24, "ipv4")),
        ("Subnet", ("2001:db8::1", 64, "ipv6")),
        ("Address", ("2001:DB8:0::5", "IPv6")),
        ("Address", ("::ffff:9.9.9.9", "ipv6")),
    )
    assert blocked.rules == [
        "Address: IPv6 ::ffff:9.9.9.9",
        "Address: IPv6 2001:db8::5",
        "Subnet: IPv6 2001:db8::1/64",
        "Subnet: IPv4 8.8.8.0/24",
        "Range: IPv4 10.0.0.1-10.0.0.9",
        "Address: IPv4 1.2.3.4",
    ]
    assert repr(blocked) == "<BlockList 6 rules>"


@pytest.mark.parametrize(
    ("kind", "values", "inside", "outside"),
    [
        ("Address", ("1.2.3.4",), ["1.2.3.4"], ["1.2.3.5", "1.2.3.3"]),
        ("Range", ("10.0.0.1", "10.0.0.9"), ["10.0.0.1", "10.0.0.9"], ["10.0.0.0", "10.0.0.10"]),
        ("Subnet", ("8.8.8.77", 24), ["8.8.8.0", "8.8.8.255"], ["8.8.7.255", "8.8.9.0"]),
        ("Subnet", ("1.2.3.4", 0), ["0.0.0.1", "255.255.255.255"], []),
        ("Subnet", ("1.2.3.4", 32), ["1.2.3.4"], ["1.2.3.5"]),
    ],
)
def test_a_rule_holds_for_its_addresses_alone(
    kind: str, values: tuple[object, ...], inside: list[str], outside: list[str]
) -> None:
    blocked = blocking((kind, values))
    assert [blocked.check(each) for each in inside] == [True] * len(inside)
    assert [blocked.check(each) for each in outside] == [False] * len(outside)


def test_an_ipv4_address_is_the_same_in_the_dress_of_ipv6() -> None:
    old, new = blocking(("Address", ("1.2.3.4",))), blocking(("Subnet", ("::ffff:9.9.9.0", 120, "ipv6")))
    assert old.check("::ffff:1.2.3.4", "ipv6")
    assert old.check("::ffff:102:304", "ipv6")
    assert new.check("9.9.9.1")
    assert not new.check("9.9.8.1")


def test_what_is_no_address_is_not_blocked() -> None:
    everything = blocking(("Subnet", ("1.2.3.4", 0)), ("Subnet", ("::", 0, "ipv6")))
    assert not everything.check("nonsense")
    assert not everything.check("1.2.3.4", "ipv6")
    assert not everything.check("1.2.3.4", "ipv5")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda blocked: blocked.addAddress("x"), "ERR_INVALID_ADDRESS"),
        (lambda blocked: blocked.addAddress("::1"), "ERR_INVALID_ADDRESS"),
        (lambda blocked: blocked.addAddress(5), "ERR_INVALID_ARG_TYPE"),
        (lambda blocked: blocked.addAddress("1.1.1.1", 4), "ERR_INVALID_ARG_TYPE"),
        (lambda blocked: blocked.addAddress("1.1.1.1", "ipv5"), "ERR_INVALID_ARG_VALUE"),
        (lambda blocked: blocked.addRange("10.0.0.9", "10.0.0.1"), "ERR_INVALID_ARG_VALUE"),
        (lambda blocked: blocked.addSubnet("1.1.1.1", 33), "ERR_OUT_OF_RANGE"),
        (lambda blocked: blocked.addSubnet("1.1.1.1", "8"), "ERR_INVALID_ARG_TYPE"),
        (lambda blocked: blocked.check(5), "ERR_INVALID_ARG_TYPE"),
    ],
)
def test_mistakes(call: Callable[[BlockList], object], code: str) -> None:
    blocked = BlockList()
    with pytest.raises(NodeError) as failed:
        call(blocked)
    assert failed.value.code == code
    assert blocked.rules == []


def test_is_block_list() -> None:
    assert BlockList.isBlockList(BlockList())
    assert not BlockList.isBlockList({})
