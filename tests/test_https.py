"""https as Python uses it; `tests/node` compares the rest with Node."""

from __future__ import annotations

import asyncio
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any, cast

import pytest

import httpkit as http
from httpkit import https, secure_context
from httpkit.errors import NodeError
from httpkit.net import Socket
from httpkit.tls import TLSSocket
from tests.certificates import CA, LOCALHOST, WHERE, identity
from tests.loops import Main, happens


def port_of(server: https.Server) -> int:
    return cast("dict[str, int]", server.address())["port"]


def test_other_programs_understand_it() -> None:
    """And a thread that waits for an answer does not stop the server."""

    def handler(req: Any, res: Any) -> None:
        res.end(f"{req.url} {req.socket.encrypted}")

    server = https.createServer(handler, **LOCALHOST).listen(0)
    trusting = ssl.create_default_context(cadata=CA)
    with urllib.request.urlopen(f"{server.url}path", context=trusting) as response:
        assert response.read() == b"/path True"
    server.close()
    assert server.url == ""


def test_in_a_few_lines(run: Callable[[Main], Any]) -> None:
    async def main() -> tuple[str, str, bool]:
        @https.createServer
        async def server(req: Any, res: Any) -> None:
            res.end(await req.text())

        server.setSecureContext(LOCALHOST)
        async with server.listen(0):
            req = https.request(server.url, method="POST", ca=CA)
            req.end("hello")
            res = await req
            authorized = cast(TLSSocket, res.socket).authorized
            text = await res.text()
            https.globalAgent.destroy()
            return text, server.url[:8], authorized

    assert run(main) == ("hello", "https://", True)


def test_much_goes_both_ways_at_the_pace_of_the_slower(run: Callable[[Main], Any]) -> None:
    async def main() -> tuple[int, int]:
        def handler(req: Any, res: Any) -> None:
            req.pipe(res)

        server = https.createServer(handler, **LOCALHOST).listen(0)
        sizes: list[int] = []

        def responded(res: Any) -> None:
            res.on("data", lambda chunk: sizes.append(len(chunk)))
            res.on("end", lambda: server.close())

        req = https.request(server.url, responded, method="POST", ca=CA, agent=False)
        closed = happens(server, "close")
        for _ in range(40):
            if not req.write(b"x" * 100_000):
                await happens(req, "drain")
        req.end()
        await closed
        return sum(sizes), max(sizes)

    total, largest = run(main)
    assert total == 4_000_000
    assert largest < total


def test_a_connection_that_changes_to_another_protocol(run: Callable[[Main], Any]) -> None:
    async def main() -> bytes:
        server = https.createServer(**LOCALHOST).listen(0)

        @server.on("upgrade")
        def upgrade(req: Any, socket: Any, head: bytes) -> None:
            socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
            socket.on("data", lambda data: socket.end(data))

        headers = {"Connection": "Upgrade", "Upgrade": "echo"}
        req = https.request(server.url, headers=headers, ca=CA, agent=False).end()
        upgraded: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        req.on("upgrade", lambda res, socket, head: upgraded.set_result(socket))
        socket = await upgraded
        closed = happens(socket, "close")
        socket.write(b"hello")
        data: bytes = await happens(socket, "data")
        await closed
        server.close()
        return data

    assert run(main) == b"hello"


def test_closing_waits_for_handshakes(run: Callable[[Main], Any]) -> None:
    async def main() -> list[str]:
        events: list[str] = []
        server = https.createServer(**LOCALHOST).listen(0)
        server.on("tlsClientError", lambda err, socket: events.append(err.code))
        accepted = happens(server, "connection")
        _, writer = await asyncio.open_connection("127.0.0.1", port_of(server))
        await accepted
        server.close(lambda *_: events.append("closed"))
        events.append("closing")
        closed = happens(server, "close")
        writer.close()
        await closed
        return events

    assert run(main) == ["closing", "ECONNRESET", "closed"]


def test_a_server_without_a_certificate_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> str:
        server = https.createServer(lambda req, res: res.end()).listen(0)
        with pytest.raises(NodeError) as failed:
            await https.get(server.url, agent=False)
        server.close()
        await happens(server, "close")
        return failed.value.code

    assert asyncio.run(main()) == "EPROTO"
    assert "the server has no certificate: pass createServer its cert and key" in capsys.readouterr().err


@pytest.mark.parametrize("proxy_is_secure", [False, True])
def test_through_a_proxy(run: Callable[[Main], Any], proxy_is_secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # The options of the agent are for the server; whether the proxy can be trusted the system has to know.
    monkeypatch.setenv("SSL_CERT_FILE", str(WHERE / "ca.pem"))
    secure_context._shared.cache_clear()

    async def main() -> tuple[str, list[str], bool]:
        asked: list[str] = []
        server = https.createServer(lambda req, res: res.end("from the server"), **LOCALHOST).listen(0)

        def connect(req: Any, socket: Any, head: bytes) -> None:
            asked.append(req.url.partition(":")[0])
            socket.write("HTTP/1.1 200 Connection established\r\n\r\n")
            target = Socket().connect(port_of(server), "127.0.0.1")
            target.pipe(socket)
            socket.pipe(target)
            target.on("close", lambda *_: socket.destroySoon())

        proxy = https.createServer(**LOCALHOST) if proxy_is_secure else http.createServer()
        proxy.on("connect", connect)
        proxy.listen(0)
        agent = https.Agent(proxyEnv={"HTTPS_PROXY": proxy.url}, ca=CA)
        res = await https.get(server.url, agent=agent)
        authorized = cast(TLSSocket, res.socket).authorized
        text = await res.text()
        agent.destroy()
        server.close()
        proxy.close()
        await happens(proxy, "close")
        secure_context._shared.cache_clear()
        return text, asked, authorized

    assert run(main) == ("from the server", ["127.0.0.1"], True)


def test_another_global_agent() -> None:
    async def main() -> bool:
        before = https.globalAgent
        assert before is https.globalAgent
        assert before is not http.globalAgent
        https.globalAgent = mine = https.Agent()
        return https.globalAgent is mine

    assert asyncio.run(main())


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: https.createServer(pfx=b"x"), "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
        (lambda: https.createServer(certificate="x"), "ERR_INVALID_ARG_TYPE"),
        (lambda: https.createServer().getTicketKeys(), "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
        (lambda: https.createServer().setTicketKeys(b""), "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
        (lambda: https.createServer().setSecureContext(cast(Any, "x")), "ERR_INVALID_ARG_TYPE"),
        (lambda: https.get("https://localhost", pfx=b"x"), "ERR_FEATURE_UNAVAILABLE_ON_PLATFORM"),
    ],
)
def test_what_is_refused(make: Callable[[], Any], code: str) -> None:
    with pytest.raises(NodeError) as refused:
        make()
    assert refused.value.code == code


def asking(verify_mode: ssl.VerifyMode) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(WHERE / "localhost.pem", WHERE / "localhost-key.pem")
    context.load_verify_locations(cadata=CA)
    context.verify_mode = verify_mode
    return context


@pytest.mark.parametrize("by_name", [False, True])
def test_a_context_of_pythons_lets_in_nobody_without_a_certificate(run: Callable[[Main], Any], by_name: bool) -> None:
    async def main(context: ssl.SSLContext, **client: Any) -> list[Any]:
        seen: list[Any] = []
        shown = {"SNICallback": lambda _, give: give(None, context)} if by_name else {"secureContext": context}
        default = LOCALHOST if by_name else {}
        server = https.createServer(lambda _, res: res.end("secret"), requestCert=True, ca=CA, **default, **shown)
        server.on("tlsClientError", lambda err, _: seen.append(err.code))
        async with server.listen(0):
            agent = https.Agent(ca=CA, **client)
            for _ in range(2):
                try:
                    res = await https.get(f"https://localhost:{port_of(server)}/", agent=agent)
                    seen.append(await res.text())
                except NodeError:
                    seen.append("refused")
        return seen

    weak = run(lambda: main(asking(ssl.CERT_OPTIONAL), **LOCALHOST))
    assert sorted(set(weak)) == ["ERR_TLS_INVALID_CONTEXT", "refused"]
    assert "secret" not in run(lambda: main(asking(ssl.CERT_REQUIRED)))
    # The second time with a session.
    assert run(lambda: main(asking(ssl.CERT_REQUIRED), **LOCALHOST)) == ["secret", "secret"]


def test_who_trusts_otherwise_has_connections_of_its_own(run: Callable[[Main], Any]) -> None:
    async def main() -> list[Any]:
        async with https.createServer(lambda _, res: res.end("hi"), **LOCALHOST).listen(0) as server:
            agent = https.Agent(keepAlive=True)
            trusting: dict[str, Any] = {"secureContext": secure_context.createSecureContext(ca=CA)}
            seen: list[Any] = []
            for options in (trusting, {}, trusting):
                req = https.get(f"https://localhost:{port_of(server)}/", agent=agent, **options)
                try:
                    await (await req).text()
                    seen.append(req.reusedSocket)
                except NodeError as exc:
                    seen.append(exc.code)
            agent.destroy()
        return seen

    assert run(main) == [False, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", True]


def test_names_say_who_is_trusted_only_where_it_is_given() -> None:
    agent = https.Agent()
    plain = agent.getName({"host": "x"})
    assert agent.getName({"host": "x", "secureContext": None, "allowPartialTrustChain": False}) == plain
    one, other = secure_context.createSecureContext(), secure_context.createSecureContext()
    names = [agent.getName({"host": "x", **more}) for more in ({"secureContext": one}, {"secureContext": other})]
    names.append(agent.getName({"host": "x", "allowPartialTrustChain": True}))
    assert len({plain, *names}) == 4
    assert agent.getName({"host": "x", "secureContext": one}) == names[0]
    with pytest.raises(NodeError, match="context must be a SecureContext"):
        agent.getName({"secureContext": 1})


@pytest.mark.parametrize("keepAlive", [False, True])
@pytest.mark.parametrize("module", [http, https])
def test_a_check_of_one_request_lets_no_other_pass(run: Callable[[Main], Any], module: Any, keepAlive: bool) -> None:
    async def main() -> list[Any]:
        async with https.createServer(lambda _, res: res.end("hi"), **identity("example")).listen(0) as server:
            agent = https.Agent(keepAlive=keepAlive, ca=CA)
            url = f"https://localhost:{port_of(server)}/"
            res = await module.get(url, agent=agent, checkServerIdentity=lambda *_: None)
            seen = [await res.text(), len(agent._sessionCache), len(agent.freeSockets)]
            with pytest.raises(NodeError) as refused:
                await https.get(url, agent=agent)
            agent.destroy()
        return [*seen, refused.value.code]

    assert run(main) == ["hi", 0, 0, "ERR_TLS_CERT_ALTNAME_INVALID"]
