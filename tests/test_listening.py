"""What listen() is asked for, and the socket that comes of it."""

from __future__ import annotations

import os
import socket as sockets
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from httpkit.abort import AbortController
from httpkit.errors import NodeError, SystemCallError
from httpkit.listening import close_when_aborted, listen_options, listening_socket


@pytest.fixture
def elsewhere() -> Iterator[sockets.socket]:
    """A socket that is bound, to be handed over."""
    with sockets.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ((), {"port": 0}),
        ((None,), {"port": 0}),
        ((80,), {"port": 80}),
        (("80",), {"port": 80}),
        ((80, "::1"), {"port": 80, "host": "::1"}),
        ((80, "::1", 5), {"port": 80, "host": "::1", "backlog": 5}),
        ((80, 5), {"port": 80, "backlog": 5}),
        (("/a/path",), {"path": "/a/path"}),
        (("/a/path", 5), {"path": "/a/path", "backlog": 5}),
        (({"port": None, "host": "::1"},), {"port": 0, "host": "::1"}),
        (({"path": "/a/path", "readableAll": True},), {"path": "/a/path", "readableAll": True}),
        (({"fd": 3},), {"fd": 3}),
    ],
)
def test_forms_of_listen(args: tuple[Any, ...], wanted: dict[str, Any]) -> None:
    assert listen_options(args, {}) == (wanted, None)
    assert listen_options((*args, print), {}) == (wanted, print)


def test_keywords_say_the_same() -> None:
    assert listen_options((), {"host": "::1", "callback": print}) == ({"port": 0, "host": "::1"}, print)
    assert listen_options((80,), {"ipv6Only": True}) == ({"port": 80, "ipv6Only": True}, None)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (({},), "ERR_INVALID_ARG_VALUE"),
        (({"host": "::1"},), "ERR_INVALID_ARG_VALUE"),
        ((True,), "ERR_INVALID_ARG_VALUE"),
        (({"path": ""},), "ERR_INVALID_ARG_VALUE"),
        (({"path": 5},), "ERR_INVALID_ARG_VALUE"),
        (({"fd": -1},), "ERR_INVALID_ARG_VALUE"),
        (({"handle": 5},), "ERR_INVALID_ARG_VALUE"),
        (({"path": "\0abstract", "readableAll": True},), "ERR_INVALID_ARG_VALUE"),
        (("",), "ERR_SOCKET_BAD_PORT"),
        ((-1,), "ERR_SOCKET_BAD_PORT"),
        ((1.5,), "ERR_SOCKET_BAD_PORT"),
        ((65536,), "ERR_SOCKET_BAD_PORT"),
        (({"port": 0, "host": 5},), "ERR_INVALID_ARG_TYPE"),
        (({"port": 0, "signal": 5},), "ERR_INVALID_ARG_TYPE"),
        ((80, "::1", 5, 6), "ERR_INVALID_ARG_TYPE"),
    ],
)
def test_what_cannot_be_asked_for(args: tuple[Any, ...], code: str) -> None:
    with pytest.raises(NodeError) as failed:
        listen_options(args, {})
    assert failed.value.code == code


def test_an_unknown_keyword_is_named() -> None:
    with pytest.raises(TypeError, match='"ports" argument must be left out'):
        listen_options((), {"ports": 80})


def opened(*args: Any, **options: Any) -> sockets.socket:
    return listening_socket(listen_options(args, options)[0])


def test_the_default_host_is_this_machine() -> None:
    with opened() as listening:
        assert listening.getsockname()[0] == "127.0.0.1"
        assert not listening.getblocking()
        sockets.create_connection(listening.getsockname()).close()


@pytest.mark.parametrize("only", [True, False])
def test_ipv6(only: bool) -> None:
    try:
        listening = opened(0, "::", ipv6Only=only)
    except NodeError:
        pytest.skip("this machine has no IPv6")
    with listening:
        assert listening.getsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_V6ONLY) == only


def test_a_shared_port() -> None:
    with opened(0, reusePort=True) as first, opened(first.getsockname()[1], reusePort=True) as second:
        assert second.getsockname() == first.getsockname()


def test_a_port_in_use() -> None:
    with opened() as first, pytest.raises(SystemCallError) as failed:
        opened(first.getsockname()[1])
    assert str(failed.value) == f"listen EADDRINUSE: address already in use 127.0.0.1:{failed.value.port}"


@pytest.mark.parametrize(
    ("options", "added"),
    [
        ({}, 0),
        ({"readableAll": True}, stat.S_IRGRP | stat.S_IROTH),
        ({"writableAll": True}, stat.S_IWGRP | stat.S_IWOTH),
    ],
)
def test_who_may_use_a_path(tmp_path: Path, options: dict[str, Any], added: int) -> None:
    path = tmp_path / "socket"
    before = os.umask(0o077)
    try:
        with opened({"path": str(path), **options}):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == added
    finally:
        os.umask(before)


def test_a_path_that_cannot_be_made() -> None:
    with pytest.raises(NodeError) as failed:
        opened("/nowhere/socket")
    assert str(failed.value) == "listen EACCES: permission denied /nowhere/socket"


def test_a_socket_of_pythons_own_is_taken_over(elsewhere: sockets.socket) -> None:
    assert opened(elsewhere) is elsewhere
    assert elsewhere.getsockopt(sockets.SOL_SOCKET, sockets.SO_ACCEPTCONN)


def test_a_descriptor_becomes_the_servers(elsewhere: sockets.socket) -> None:
    with opened({"fd": os.dup(elsewhere.fileno())}) as listening:
        assert listening.getsockname() == elsewhere.getsockname()


def test_what_has_a_descriptor_keeps_it(elsewhere: sockets.socket) -> None:
    class Holder:
        def fileno(self) -> int:
            return elsewhere.fileno()

    with opened(Holder()) as listening:
        assert listening.getsockname() == elsewhere.getsockname()
        assert listening.fileno() != elsewhere.fileno()


def test_another_server_shares_its_port() -> None:
    class Server:
        _listening = opened()

    with closing(Server._listening), opened({"handle": Server()}) as listening:
        assert listening.getsockname() == Server._listening.getsockname()
        assert listening is not Server._listening


def test_what_is_no_socket(tmp_path: Path) -> None:
    file = os.open(tmp_path / "file", os.O_CREAT)
    for descriptor in (file, 9999):
        with pytest.raises(NodeError) as failed:
            opened({"fd": descriptor})
        assert str(failed.value) == "listen EINVAL: invalid argument"
    os.close(file)


class Closing:
    """As much of a server as hears of a signal."""

    def __init__(self) -> None:
        self._home = self
        self.closed = 0
        self.heard: list[Any] = []

    def next_tick(self, function: Any) -> None:
        self.heard.append(function)

    def close(self) -> None:
        self.closed += 1

    def once(self, name: str, listener: Any) -> None:
        assert name == "close"
        self.heard.append(listener)


def test_a_signal_closes_the_server_once() -> None:
    controller, server = AbortController(), Closing()
    close_when_aborted(server, controller.signal)
    assert server.closed == 0
    controller.abort()
    controller.abort()
    assert server.closed == 1


def test_a_closed_server_does_not_hear_of_the_signal() -> None:
    controller, server = AbortController(), Closing()
    close_when_aborted(server, controller.signal)
    server.heard.pop()()
    controller.abort()
    assert server.closed == 0


def test_an_aborted_signal_closes_in_a_tick() -> None:
    controller, server = AbortController(), Closing()
    controller.abort()
    close_when_aborted(server, controller.signal)
    assert server.closed == 0
    server.heard.pop()()
    assert server.closed == 1
