"""Bytes as they are: what is sent is what arrives, and what comes back is read as far as it can be."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Any

import pytest

from httpkit.notebook import expect, send_raw, wire
from httpkit.notebook.mistakes import Mistake
from tests.ports import free_ports
from tests.serving import echo, serving

Answer = Callable[[socket.socket], None]


@contextmanager
def answering(answer: Answer) -> Iterator[int]:
    """A port whose one connection is given to `answer`, which speaks what it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                answer(connection)

        thread = Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join()


def test_a_request_by_hand_is_an_exchange() -> None:
    with serving(echo) as server:
        port = server.port
        exchange = send_raw("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi", port)
    assert (exchange.request.method, exchange.request.url) == ("POST", f"http://localhost:{port}/a")
    assert exchange.request.headers["Content-Length"] == "2"
    assert (exchange.status, exchange.text, exchange.complete) == (200, "POST /a hi", True)
    expect(exchange).status(200).header("Content-Length", "10").text("hi")


def test_every_byte_is_sent_as_it_is() -> None:
    data = bytes(range(256)) * 3
    got = bytearray()

    def read(connection: socket.socket) -> None:
        while piece := connection.recv(4096):
            got.extend(piece)

    with answering(read) as port:
        exchange = send_raw(data, port)
    assert bytes(got) == data == exchange.wire.sent
    assert (exchange.status, exchange.wire.received, exchange.complete) == (0, b"", True)


def test_several_answers_are_all_there_and_the_first_final_one_counts() -> None:
    answers = (
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n  and 2\r\n\r\n2\r\nhi\r\n0\r\nX-T: 3\r\n\r\n"
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    )
    with answering(lambda connection: connection.sendall(answers)) as port:
        exchange = send_raw("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", port)
    assert (exchange.status, exchange.response.statusMessage, exchange.content) == (200, "OK", b"hi")
    assert (exchange.headers["X-A"], exchange.response.trailers["X-T"]) == ("1 and 2", "3")
    assert exchange.wire.received == answers


def test_another_protocol_is_an_answer_too() -> None:
    with answering(lambda connection: connection.sendall(b"HTTP/1.1 101 OK\r\nUpgrade: x\r\n\r\nxxx")) as port:
        exchange = send_raw("GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n", port)
    assert (exchange.status, exchange.headers["Upgrade"]) == (101, "x")


@pytest.mark.parametrize("answer", [b"", b"220 mail.example\r\n", b"HTTP/1.1", b"\x00" * 100])
def test_what_is_no_http_is_no_answer(answer: bytes) -> None:
    with answering(lambda connection: connection.sendall(answer)) as port:
        exchange = send_raw(b"", port)
    assert (exchange.status, exchange.wire.received) == (0, answer)
    assert wire(exchange)._repr_mimebundle_()["text/plain"]


def test_it_waits_for_so_long_and_keeps_what_has_come() -> None:
    given_up = Event()

    def hang(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\nbegun")
        given_up.wait()

    with answering(hang) as port:
        exchange = send_raw("GET / HTTP/1.1\r\n\r\n", port, timeout=50)
        given_up.set()
    assert (exchange.status, exchange.content, exchange.complete) == (200, b"begun", False)
    assert exchange.phases.total >= 50


def test_of_much_the_first_64_kib_are_kept() -> None:
    def flood(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10_000_000)

    with answering(flood) as port:
        exchange = send_raw("GET / HTTP/1.1\r\n\r\n", port)
    assert len(exchange.wire.received) == 65_536
    assert not exchange.complete


def test_where_nobody_listens_it_says_so() -> None:
    (port,) = free_ports(1)
    with pytest.raises(Mistake, match=f"Nothing listens on port {port} .* %%serve {port} starts a server"):
        send_raw("GET / HTTP/1.1\r\n\r\n", int(port))


def test_the_wire_is_shown_with_what_each_part_means() -> None:
    with serving(lambda req, res: res.end("hi")) as server:
        shown: dict[str, Any] = wire(send_raw("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", server.port))._repr_mimebundle_()
    assert "GET /a HTTP/1.1␍␊" in shown["text/plain"]
    assert "method: Send me this (RFC 9110 §9.3.1)" in shown["text/plain"]
    assert "body: 2 bytes, as Content-Length says" in shown["text/plain"]
    assert 'class="httpkit-wire"' in shown["text/html"]


def test_the_wire_of_what_is_no_exchange_is_a_mistake() -> None:
    with pytest.raises(Mistake, match=r"wire\(\) is given str. Expected an exchange"):
        wire("GET /")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((5, 3000), "send_raw\\(\\) is given int"),
        ((None, 3000), "send_raw\\(\\) is given NoneType"),
        (("", 70_000), "70000 is not a port"),
        (("", "3000"), "'3000' is not a port"),
        (("", 10**30), "is not a port"),
    ],
)
def test_what_it_cannot_send_is_a_mistake(arguments: tuple[Any, Any], says: str) -> None:
    with pytest.raises(Mistake, match=says):
        send_raw(*arguments)


@pytest.mark.parametrize("timeout", [0, -1, None, "1", float("nan"), float("inf")])
def test_so_is_a_time_that_is_none(timeout: Any) -> None:
    with pytest.raises(Mistake, match="The timeout is"):
        send_raw("", 3000, timeout=timeout)


@pytest.mark.parametrize("line", [b"HTTP/1.1 2", b"HTTP/1.1 20", b"HTTP/1.1 099 x\r\n\r\n"])
def test_half_a_status_is_none(line: bytes) -> None:
    with answering(lambda connection: connection.sendall(line)) as port:
        assert send_raw("GET / HTTP/1.1\r\n\r\n", port).status == 0
