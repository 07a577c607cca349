"""From the options of `connect` to a socket; the network is a table of what each address does."""

from __future__ import annotations

import asyncio
import errno
import socket as sockets
from collections.abc import Callable
from typing import Any, cast

import pytest

from httpkit.blocklist import BlockList
from httpkit.dialing import Address, Dialing, checked_port, connect_options, destination, in_turn
from httpkit.errors import AggregateError, NodeError


def v4(last: int) -> Address:
    return Address(f"127.0.0.{last}", 4)


def v6(last: int) -> Address:
    return Address(f"::{last}", 6)


class Network:
    """An event loop whose connections do what the table says: an errno, None for a success, or nothing at all."""

    def __init__(self, outcomes: dict[str, int | None]) -> None:
        self.outcomes = outcomes
        self.tried: list[str] = []
        self.asked: list[dict[str, Any]] = []

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.get_running_loop().create_future()

    def call_soon_threadsafe(self, *args: Any) -> object:
        return asyncio.get_running_loop().call_soon_threadsafe(*args)

    async def getaddrinfo(self, host: str, port: None, **how: Any) -> list[Any]:
        self.asked.append({"host": host, **how})
        if host == "nowhere":
            raise sockets.gaierror(sockets.EAI_NONAME, "no")
        family = {4: sockets.AF_INET, 6: sockets.AF_INET6}
        return [(family[each.family], None, None, "", (each.ip, 0)) for each in (v6(1), v4(1), v4(2))]

    async def sock_connect(self, attempt: sockets.socket, address: tuple[str, int]) -> None:
        self.tried.append(address[0])
        if address[0] not in self.outcomes:
            await self.create_future()
        if outcome := self.outcomes.get(address[0]):
            raise OSError(outcome, "told by the table")


def dial(network: Network, **options: Any) -> tuple[str, list[Any], Dialing]:
    """What comes of it (the address, or the error), and what was told."""
    told: list[Any] = []
    dialing = Dialing(
        cast(asyncio.AbstractEventLoop, network), destination({"port": 80, **options}), lambda *args: told.append(args)
    )

    async def main() -> str:
        try:
            opened = await dialing.connect()
        except NodeError as err:
            return err.code
        opened.close()
        return network.tried[-1]

    return asyncio.run(main()), told, dialing


def answering(*addresses: Address) -> Callable[..., Any]:
    found = [each._asdict() for each in addresses]
    return lambda host, options, callback: callback(
        None, [{"address": each["ip"], "family": each["family"]} for each in found]
    )


def steps(told: list[Any]) -> list[str]:
    """Event and address of each step but the look-ups."""
    return [f"{event} {args[0]}" for event, *args in told if event != "lookup"]


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ((80,), {"port": 80}),
        (("80", "host"), {"port": "80", "host": "host"}),
        (("/a/path",), {"path": "/a/path"}),
        (({"port": 80, "host": None},), {"port": 80}),
        ((), {}),
    ],
)
def test_forms_of_connect(args: tuple[Any, ...], wanted: dict[str, Any]) -> None:
    assert connect_options(args, {}) == (wanted, None)
    assert connect_options((*args, print), {"family": 4}) == ({**wanted, "family": 4}, print)


@pytest.mark.parametrize(
    ("addresses", "order"),
    [
        ([v4(1), v4(2), v6(1), v6(2), v4(3)], [v4(1), v6(1), v4(2), v6(2), v4(3)]),
        ([v6(1), v4(1), v4(2)], [v6(1), v4(1), v4(2)]),
        ([v4(1), v4(1), v6(1), v4(1)], [v4(1), v6(1)]),
        ([v6(1), v6(2)], [v6(1), v6(2)]),
    ],
)
def test_families_take_turns_and_no_address_comes_twice(addresses: list[Address], order: list[Address]) -> None:
    assert in_turn(addresses) == order


def test_an_ip_address_is_not_looked_up() -> None:
    network = Network({"127.0.0.1": None})
    outcome, told, dialing = dial(network, host="127.0.0.1", lookup=lambda *_: pytest.fail("was asked"))
    assert (outcome, told) == ("127.0.0.1", [("connectionAttempt", "127.0.0.1", 80, 4)])
    assert dialing.attempted is None


def test_the_first_address_that_answers_is_taken() -> None:
    network = Network({"::1": errno.ECONNREFUSED, "127.0.0.1": None, "127.0.0.2": None})
    outcome, told, dialing = dial(network, host="name")
    assert outcome == "127.0.0.1"
    assert steps(told) == ["connectionAttempt ::1", "connectionAttemptFailed ::1", "connectionAttempt 127.0.0.1"]
    assert [args for event, *args in told if event == "lookup"] == [
        [None, "::1", 6, "name"],
        [None, "127.0.0.1", 4, "name"],
        [None, "127.0.0.2", 4, "name"],
    ]
    assert dialing.attempted == ["::1:80", "127.0.0.1:80"]


def test_an_address_that_keeps_silent_is_given_up() -> None:
    network = Network({"127.0.0.2": None})
    outcome, told, _ = dial(network, host="name", lookup=answering(v4(1), v4(2)), autoSelectFamilyAttemptTimeout=10)
    assert outcome == "127.0.0.2"
    assert steps(told) == [
        "connectionAttempt 127.0.0.1",
        "connectionAttemptTimeout 127.0.0.1",
        "connectionAttempt 127.0.0.2",
    ]


def test_all_fail() -> None:
    network = Network({"127.0.0.1": errno.ECONNREFUSED, "127.0.0.2": errno.EHOSTUNREACH})

    async def main() -> None:
        to = destination({"port": 80, "host": "name", "lookup": answering(v4(1), v4(2))})
        await Dialing(cast(asyncio.AbstractEventLoop, network), to, lambda *_: None).connect()

    with pytest.raises(AggregateError) as failed:
        asyncio.run(main())
    assert failed.value.code == "ECONNREFUSED"
    assert list(map(str, failed.value.errors)) == [
        "connect ECONNREFUSED 127.0.0.1:80",
        "connect EHOSTUNREACH 127.0.0.2:80",
    ]


@pytest.mark.parametrize("options", [{"family": 4}, {"autoSelectFamily": False}, {"localAddress": "127.0.0.1"}])
def test_without_a_choice_only_the_first_address_is_tried(options: dict[str, Any]) -> None:
    asked: list[dict[str, Any]] = []

    def lookup(host: str, options: dict[str, Any], callback: Callable[..., Any]) -> None:
        asked.append(options)
        callback(None, "127.0.0.1", 4)

    network = Network({"127.0.0.1": errno.ECONNREFUSED, "127.0.0.2": None})
    outcome, told, _ = dial(network, host="name", lookup=lookup, **options)
    assert outcome == "ECONNREFUSED"
    assert steps(told) == ["connectionAttempt 127.0.0.1", "connectionAttemptFailed 127.0.0.1"]
    assert "all" not in asked[0]
    assert asked[0]["family"] == options.get("family")


def test_what_the_system_is_asked() -> None:
    network = Network({"::1": None, "127.0.0.1": None})
    dial(network, host="name")
    dial(network, host="name", family=4, hints=int(sockets.AI_ALL))
    assert [each["family"] for each in network.asked] == [sockets.AF_UNSPEC, sockets.AF_INET]
    assert network.asked[1]["flags"] == sockets.AI_ALL


def test_a_name_nobody_knows() -> None:
    outcome, told, _ = dial(Network({}), host="nowhere")
    assert outcome == "ENOTFOUND"
    assert [(event, args[0].code, *args[1:]) for event, *args in told] == [
        ("lookup", "ENOTFOUND", None, None, "nowhere")
    ]


def test_a_resolver_may_be_a_coroutine() -> None:
    async def lookup(host: str, options: dict[str, Any], callback: Callable[..., Any]) -> None:
        callback(None, [{"address": "127.0.0.1", "family": 4}])

    assert dial(Network({"127.0.0.1": None}), host="name", lookup=lookup)[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((NodeError("no idea", "EWHO"),), "EWHO"),
        (("no idea",), "ERR_UNHANDLED_ERROR"),
        ((None, []), "ERR_INVALID_IP_ADDRESS"),
        ((None, "nonsense", 4), "ERR_INVALID_IP_ADDRESS"),
        ((None, "127.0.0.1", 5), "ERR_INVALID_ADDRESS_FAMILY"),
    ],
)
def test_a_resolver_that_does_not_help(answer: tuple[Any, ...], code: str) -> None:
    outcome, _, _ = dial(Network({}), host="name", lookup=lambda host, options, callback: callback(*answer))
    assert outcome == code


def test_blocked_addresses_are_not_tried() -> None:
    blocked = BlockList()
    blocked.addAddress("127.0.0.1")
    network = Network({"127.0.0.2": None})
    outcome, told, dialing = dial(network, host="name", lookup=answering(v4(1), v4(2)), blockList=blocked)
    assert (outcome, network.tried) == ("127.0.0.2", ["127.0.0.2"])
    assert steps(told) == ["connectionAttemptFailed 127.0.0.1", "connectionAttempt 127.0.0.2"]
    assert dialing.attempted == ["127.0.0.2:80"]
    assert dial(network, host="127.0.0.1", blockList=blocked)[0] == "ERR_IP_BLOCKED"


def test_a_listener_that_has_enough_ends_it() -> None:
    network = Network({"127.0.0.1": None})

    def tell(event: str, *args: Any) -> None:
        raise asyncio.CancelledError

    async def main() -> None:
        to = destination({"port": 80, "host": "name", "lookup": answering(v4(1))})
        await Dialing(cast(asyncio.AbstractEventLoop, network), to, tell).connect()

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert network.tried == []


@pytest.mark.parametrize(
    ("port", "number"), [(0, 0), (65535, 65535), ("80", 80), (" 80 ", 80), (-1, None), (65536, None), ("x", None)]
)
def test_ports(port: Any, number: int | None) -> None:
    if number is not None:
        assert checked_port(port) == number
        return
    with pytest.raises(NodeError) as failed:
        checked_port(port)
    assert failed.value.code == "ERR_SOCKET_BAD_PORT"


@pytest.mark.parametrize("port", [True, 1.5, b"80"])
def test_what_is_no_port(port: Any) -> None:
    with pytest.raises(NodeError) as failed:
        destination({"port": port})
    assert failed.value.code == "ERR_INVALID_ARG_TYPE"
