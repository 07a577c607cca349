"""TLS over real connections, on both event loops; `tests/node` compares what is told of them with Node."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.net import Socket
from httpkit.tls import TLSSocket, alpn_protocols, connect, secure, standard_name
from tests.certificates import CA, LOCALHOST, WHERE
from tests.loops import Main, happens

TRUSTING = {"ca": CA, "host": "127.0.0.1"}


async def failure(socket: TLSSocket) -> Any:
    """The error that ends it."""
    err, closed = happens(socket, "error"), happens(socket, "close")
    assert await closed is True
    return await err


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Python's own idea of a TLS server."""
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def serve(handler: Any = echo, who: str = "localhost") -> tuple[asyncio.Server, int]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(WHERE / f"{who}.pem", WHERE / f"{who}-key.pem")
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
    return server, server.sockets[0].getsockname()[1]


def test_what_is_written_comes_back(run: Callable[[Main], Any]) -> None:
    async def main() -> tuple[bytes, list[str], str | None]:
        server, port = await serve()
        events: list[str] = []
        socket = connect({**TRUSTING, "port": port}, lambda: events.append("callback"))
        for name in ("connect", "secure", "secureConnect", "finish", "end", "close"):
            socket.on(name, lambda *_, name=name: events.append(name))
        received: list[bytes] = []

        def data(chunk: bytes) -> None:
            received.append(chunk)
            if chunk.endswith(b"the end"):
                socket.end()

        socket.on("data", data)
        secured, closed = happens(socket, "secureConnect"), happens(socket, "close")
        socket.write(b"x" * 300_000)
        socket.write(b"the end", lambda *_: events.append("flushed"))
        await secured
        version = socket.getProtocol()
        await closed
        server.close()
        return b"".join(received), events, version

    received, events, version = run(main)
    assert received == b"x" * 300_000 + b"the end"
    assert version == "TLSv1.3"
    assert events == ["connect", "secure", "callback", "secureConnect", "flushed", "finish", "end", "close"]


def test_facts(run: Callable[[Main], Any]) -> None:
    async def main() -> list[Any]:
        server, port = await serve()
        socket = connect({**TRUSTING, "port": port, "servername": "localhost"})
        before = [
            socket.encrypted,
            socket.authorized,
            socket.getPeerCertificate(),
            socket.getCipher(),
            socket.getProtocol(),
        ]
        await happens(socket, "secureConnect")
        assert socket.remotePort == port
        assert socket.localAddress == "127.0.0.1"
        during = [socket.authorized, socket.servername, socket.alpnProtocol, socket.isSessionReused()]
        during += [(socket.getPeerCertificate() or {})["subject"]["CN"]]
        socket.destroy()
        await happens(socket, "close")
        server.close()
        return [before, during, [socket.getPeerCertificate(), socket.getProtocol()]]

    assert run(main) == [
        [True, False, None, None, None],
        [True, "localhost", False, False, "localhost"],
        [None, None],
    ]


@pytest.mark.parametrize(
    ("who", "options", "code"),
    [
        ("localhost", {"ca": None}, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        ("self-signed", {}, "DEPTH_ZERO_SELF_SIGNED_CERT"),
        ("expired", {}, "CERT_HAS_EXPIRED"),
        ("example", {}, "ERR_TLS_CERT_ALTNAME_INVALID"),
    ],
)
def test_who_is_not_trusted(run: Callable[[Main], Any], who: str, options: dict[str, Any], code: str) -> None:
    async def main() -> tuple[str, str | None, str | None]:
        server, port = await serve(who=who)
        strict = connect({**TRUSTING, "port": port, **options})
        err = await failure(strict)
        kind = connect({**TRUSTING, "port": port, **options, "rejectUnauthorized": False})
        await happens(kind, "secureConnect")
        assert not kind.authorized
        kind.destroy()
        await happens(kind, "close")
        server.close()
        return err.code, strict.authorizationError, kind.authorizationError

    assert run(main) == (code, code, code)


def test_a_handshake_that_fails_before_it_begins(run: Callable[[Main], Any]) -> None:
    async def main() -> str:
        server, port = await serve()
        socket = connect({**TRUSTING, "port": port, "minVersion": "TLSv1.1", "maxVersion": "TLSv1.1"})
        err = await failure(socket)
        server.close()
        return err.code  # type: ignore[no-any-return]

    assert run(main) == "ERR_SSL_NO_CIPHERS_AVAILABLE"


def test_a_server_name_that_is_none(run: Callable[[Main], Any]) -> None:
    async def main() -> str:
        server, port = await serve()
        socket = connect({**TRUSTING, "port": port, "servername": ".example.org"})
        err = await failure(socket)
        server.close()
        return err.code  # type: ignore[no-any-return]

    assert run(main) == "ERR_INVALID_ARG_VALUE"


def test_a_check_that_raises_lets_nobody_pass(run: Callable[[Main], Any]) -> None:
    async def main() -> str:
        server, port = await serve()

        def check(hostname: str, cert: Any) -> None:
            raise ZeroDivisionError("not today")

        socket = connect({**TRUSTING, "port": port, "rejectUnauthorized": False, "checkServerIdentity": check})
        err = await failure(socket)
        server.close()
        return repr(err)

    assert run(main) == "ZeroDivisionError('not today')"


def test_sessions(run: Callable[[Main], Any]) -> None:
    async def main() -> list[bool | None]:
        server, port = await serve()

        async def visit(**options: Any) -> tuple[bool | None, Any]:
            socket = connect({**TRUSTING, "port": port, **options})
            session = happens(socket, "session")
            await happens(socket, "secureConnect")
            reused = socket.isSessionReused()
            found = await session
            assert found is socket.getSession()
            socket.destroy()
            await happens(socket, "close")
            return reused, found

        first, session = await visit()
        second, _ = await visit(session=session)
        # Neither for another server, nor with another idea of whom to trust.
        third, _ = await visit(session=session, servername="localhost")
        fourth, _ = await visit(session=session, rejectUnauthorized=False)
        server.close()
        return [first, second, third, fourth]

    assert run(main) == [False, True, False, False]


def test_a_peer_that_hangs_up_before_it_is_secure(run: Callable[[Main], Any]) -> None:
    async def main() -> Any:
        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.close()

        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        socket = connect({"host": "127.0.0.1", "port": port})
        err = await failure(socket)
        server.close()
        return err.code, err.host, err.port == port

    assert run(main) == ("ECONNRESET", "127.0.0.1", True)


def test_over_a_socket_there_is_already(run: Callable[[Main], Any]) -> None:
    async def main() -> Any:
        server, port = await serve()
        plain = Socket().connect(port, "127.0.0.1")
        await happens(plain, "connect")
        socket = secure(plain, TRUSTING)
        await happens(socket, "secureConnect")
        gone = [happens(each, "close") for each in (plain, socket)]
        socket.write(b"hello")
        data = await happens(socket, "data")
        socket.end()
        for each in gone:
            await each
        server.close()
        return data, socket.bytesRead, plain.bytesRead > 1000

    assert run(main) == (b"hello", 5, True)


def test_over_a_socket_that_still_connects(run: Callable[[Main], Any]) -> None:
    async def main() -> bool:
        server, port = await serve()
        socket = secure(Socket().connect(port, "127.0.0.1"), TRUSTING)
        await happens(socket, "secureConnect")
        socket.destroy()
        await happens(socket, "close")
        server.close()
        return socket.authorized

    assert run(main)


def test_tls_within_tls(run: Callable[[Main], Any]) -> None:
    async def main() -> bytes:
        server, port = await serve()

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            there, back = await asyncio.open_connection("127.0.0.1", port)

            async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                while data := await source.read(65536):
                    sink.write(data)
                sink.close()

            await asyncio.gather(pump(reader, back), pump(there, writer))

        proxy, proxy_port = await serve(forward)
        inner = secure(connect({**TRUSTING, "port": proxy_port}), TRUSTING)
        inner.write(b"hello")
        data: bytes = await happens(inner, "data")
        inner.destroy()
        await happens(inner, "close")
        proxy.close()
        server.close()
        return data

    assert run(main) == b"hello"


def test_a_context_of_pythons(run: Callable[[Main], Any]) -> None:
    async def main() -> list[Any]:
        server, port = await serve(who="example")
        context = ssl.create_default_context(cadata=CA)
        refused = connect(host="127.0.0.1", port=port, secureContext=context)
        err = await failure(refused)
        socket = connect(host="127.0.0.1", port=port, servername="example.org", secureContext=context)
        await happens(socket, "secureConnect")
        authorized = socket.authorized
        socket.destroy()
        await happens(socket, "close")
        server.close()
        return [err.code, authorized]

    assert run(main) == ["IP_ADDRESS_MISMATCH", True]


def test_a_socket_in_a_script_lives_in_the_background() -> None:
    """No loop runs here: what is awaited elsewhere is told across threads."""
    told = threading.Event()
    errors: list[Any] = []
    socket = connect(host="127.0.0.1", port=1, ca=CA)

    def failed(err: Any) -> None:
        errors.append(err)
        told.set()

    socket.on("error", failed)
    assert told.wait(10)
    assert errors[0].code == "ECONNREFUSED"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"checkServerIdentity": 1}, "ERR_INVALID_ARG_TYPE"),
        ({"servername": 1}, "ERR_INVALID_ARG_TYPE"),
        ({"minDHSize": "x"}, "ERR_INVALID_ARG_TYPE"),
        ({"minDHSize": 0}, "ERR_OUT_OF_RANGE"),
        ({"minDHSize": 4096}, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
        ({"pskCallback": print}, "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
        ({"secureContext": 1}, "ERR_TLS_INVALID_CONTEXT"),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], code: str) -> None:
    with pytest.raises(NodeError) as refused:
        connect({"port": 1, **options})
    assert refused.value.code == code


def test_protocols() -> None:
    assert alpn_protocols(None) == ()
    assert alpn_protocols(["h2", b"http/1.1"]) == ("h2", "http/1.1")
    assert alpn_protocols(b"\x02h2\x08http/1.1") == ("h2", "http/1.1")
    for wrong, code in (("h2", "ERR_INVALID_ARG_TYPE"), ([""], "ERR_OUT_OF_RANGE"), (["x" * 256], "ERR_OUT_OF_RANGE")):
        with pytest.raises(NodeError) as refused:
            alpn_protocols(wrong)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-CHACHA20-POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("DHE-RSA-AES256-SHA256", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256"),
        ("ECDHE-RSA-AES256-SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"),
        ("ECDHE-ECDSA-AES256-CCM8", "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"),
        ("AES128-GCM-SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256"),
        ("AES128-SHA", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    ],
)
def test_what_iana_calls_a_cipher(name: str, standard: str) -> None:
    assert standard_name(name) == standard


def test_it_says_what_it_is() -> None:
    assert repr(TLSSocket(LOCALHOST)).startswith("<TLSSocket ")


def test_a_session_taken_early_remembers_why_nobody_was_trusted(run: Callable[[Main], Any]) -> None:
    async def main() -> list[Any]:
        server, port = await serve(who="self-signed")
        options = {"host": "127.0.0.1", "port": port, "rejectUnauthorized": False, "maxVersion": "TLSv1.2"}

        async def visit(session: Any) -> tuple[Any, list[Any]]:
            socket = connect({**options, "session": session})
            taken: list[Any] = []
            socket.once("secureConnect", lambda: taken.append(socket.getSession()))
            await happens(socket, "secureConnect")
            seen = [socket.isSessionReused(), socket.authorized, socket.authorizationError]
            socket.destroy()
            await happens(socket, "close")
            return taken[0], seen

        session, first = await visit(None)
        _, second = await visit(session)
        server.close()
        return [first, second]

    code = "DEPTH_ZERO_SELF_SIGNED_CERT"
    assert run(main) == [[False, False, code], [True, False, code]]


def test_a_context_of_pythons_that_verifies_nothing(run: Callable[[Main], Any]) -> None:
    async def main() -> list[Any]:
        server, port = await serve()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        options = {"host": "127.0.0.1", "port": port, "secureContext": context}
        with pytest.raises(NodeError, match="pass rejectUnauthorized=False"):
            connect(options)
        seen: list[Any] = []
        for _ in range(2):
            socket = connect(options, rejectUnauthorized=False)
            await happens(socket, "secureConnect")
            seen.append((socket.authorized, socket.authorizationError))
            socket.destroy()
            await happens(socket, "close")
            context.load_verify_locations(cadata=CA)
        server.close()
        return seen

    assert run(main) == [(False, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"), (True, None)]
