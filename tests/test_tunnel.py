"""A tunnel through a proxy: bytes in, bytes out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import httpkit as http
from httpkit import https
from httpkit.constants import MAX_HEADER_SIZE
from httpkit.loop import home
from httpkit.net import Socket
from httpkit.proxies import Proxy
from httpkit.tunnel import open_tunnel
from tests.certificates import CA, LOCALHOST, WHERE

ASKED = b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n"


def opened(answers: list[bytes], *, hang_up: bool = False, **options: Any) -> dict[str, Any]:
    """What came of a tunnel to example.com:443 through a proxy that answers so."""

    async def main() -> dict[str, Any]:
        seen: dict[str, Any] = {}
        hung_up = asyncio.get_running_loop().create_future()

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            seen["asked"] = await reader.readuntil(b"\r\n\r\n")
            for answer in answers:
                writer.write(answer)
                await writer.drain()
            if hang_up:
                writer.close()
            await reader.read()
            writer.close()
            hung_up.set_result(None)

        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        outcome: asyncio.Future[tuple[Any, Any]] = asyncio.get_running_loop().create_future()
        where = Proxy("http:", "127.0.0.1", server.sockets[0].getsockname()[1], "http://proxy/")
        open_tunnel(home(), where, "example.com", 443, options, lambda *got: outcome.set_result(got))
        seen["err"], socket = await outcome
        if socket is not None:
            seen["facts"] = (type(socket), socket._handler, socket.destroyed, socket.readyState)
            socket.destroy()
        await hung_up
        server.close()
        return seen

    return asyncio.run(main())


@pytest.mark.parametrize(
    "answers",
    [
        [b"HTTP/1.1 200 Connection established\r\n\r\n"],
        [b"HTTP/1.0 200\r\nX: y\r\n\r\n"],
        [b"HTTP/1.1 2", b"00 OK\r\n\r", b"\n"],
    ],
)
def test_a_tunnel(answers: list[bytes]) -> None:
    seen = opened(answers)
    assert (seen["asked"], seen["err"]) == (ASKED, None)
    assert seen["facts"] == (Socket, None, False, "open")


def test_a_tunnel_that_is_to_be_kept() -> None:
    seen = opened([b"HTTP/1.1 200 OK\r\n\r\n"], keepAlive=True, timeout=60_000)
    assert seen["asked"] == ASKED.replace(b"\r\nhost", b"\r\nproxy-connection: keep-alive\r\nhost")
    assert seen["err"] is None


BEFORE = "Failed to establish tunnel to example.com:443 via http://proxy/: "


@pytest.mark.parametrize(
    ("answers", "message", "status"),
    [
        ([b"HTTP/1.1 407 Who are you\r\nX: y\r\n\r\nbody"], BEFORE + "HTTP/1.1 407 Who are you", 407),
        ([b"HTTP/1.1 204 Fine\r\n\r\n"], BEFORE + "HTTP/1.1 204 Fine", 204),
        ([b"SSH-2.0 200 OK\r\n\r\n"], BEFORE + "SSH-2.0 200 OK", None),
        ([b"HTTP/1.1 2000 OK\r\n\r\n"], BEFORE + "HTTP/1.1 2000 OK", None),
    ],
)
def test_a_proxy_that_refuses(answers: list[bytes], message: str, status: int | None) -> None:
    err = opened(answers)["err"]
    assert (err.code, str(err), err.statusCode) == ("ERR_PROXY_TUNNEL", message, status)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ([b"HTTP/1.1 200 OK\r\n\r\nabc"], BEFORE + "3 bytes before anything was asked"),
        ([b"x" * MAX_HEADER_SIZE, b"y"], BEFORE + f"the answer is longer than {MAX_HEADER_SIZE} bytes"),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * MAX_HEADER_SIZE + b"\r\n\r\n"], BEFORE + "the answer is longer than"),
    ],
)
def test_a_proxy_that_says_too_much(answers: list[bytes], message: str) -> None:
    err = opened(answers)["err"]
    assert err.code == "ERR_PROXY_TUNNEL"
    assert str(err).startswith(message)


def test_a_proxy_that_hangs_up() -> None:
    err = opened([b"HTTP/1.1 200 OK\r\n"], hang_up=True)["err"]
    assert (err.code, str(err)) == ("ERR_PROXY_TUNNEL", "Connection to establish proxy tunnel ended unexpectedly")


def test_a_proxy_that_takes_its_time() -> None:
    err = opened([b"HTTP/1.1 200 OK\r\n"], timeout=20)["err"]
    message = "Connection to establish proxy tunnel timed out after 20ms"
    assert (err.code, str(err), err.proxyTunnelTimeout) == ("ERR_PROXY_TUNNEL", message, 20)


def test_no_proxy_at_all() -> None:
    async def main() -> Any:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        outcome: asyncio.Future[tuple[Any, Any]] = asyncio.get_running_loop().create_future()
        proxy = Proxy("http:", "127.0.0.1", port, "http://proxy/")
        open_tunnel(home(), proxy, "example.com", 443, {}, lambda *got: outcome.set_result(got))
        return await outcome

    err, socket = asyncio.run(main())
    assert (err.code, socket) == ("ECONNREFUSED", None)


def port_of(server: http.Server) -> int:
    address: Any = server.address()
    return int(address["port"])


def test_a_proxy_that_is_spoken_to_in_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    # As in Node, the options of a request are for its server; what the system trusts decides about the proxy.
    monkeypatch.setenv("SSL_CERT_FILE", str(WHERE / "ca.pem"))

    async def main() -> tuple[list[str], list[str]]:
        asked: list[str] = []

        def forward(req: Any, res: Any) -> None:
            asked.append(f"{req.method} {req.url}")
            res.end("forwarded")

        async def tunnel(req: Any, socket: Any, head: bytes) -> None:
            asked.append(req.method)
            reader, writer = await asyncio.open_connection("127.0.0.1", req.url.split(":")[1])
            socket.write("HTTP/1.1 200 OK\r\n\r\n")
            socket.on("data", writer.write)
            socket.on("close", lambda *_: writer.close())
            while data := await reader.read(65536):
                socket.write(data)
            socket.end()

        origin = https.createServer(LOCALHOST, lambda req, res: res.end("hi")).listen(0)
        proxy = https.createServer(LOCALHOST, forward).on("connect", tunnel).listen(0)
        url = f"https://127.0.0.1:{port_of(proxy)}"
        env = {"HTTP_PROXY": url, "HTTPS_PROXY": url}
        plain = await http.get("http://example.com/x", agent=http.Agent(proxyEnv=env))
        to = {"host": "127.0.0.1", "port": port_of(origin)}
        secure = await https.get(to, agent=https.Agent(ca=CA, proxyEnv=env))
        return asked, [await plain.text(), await secure.text()]

    assert asyncio.run(main()) == (["GET http://example.com/x", "CONNECT"], ["forwarded", "hi"])
