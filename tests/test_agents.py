"""Whose sockets a request uses: whom it trusts, what it proves, and through which proxy it goes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import httpkit as http
from httpkit import net
from httpkit.agents import agent_for
from httpkit.draft import Delivery
from tests.certificates import CA, LOCALHOST, WHERE
from tests.serving import echo, serving

CLIENT = (str(WHERE / "client.pem"), str(WHERE / "client-key.pem"))


@pytest.fixture(scope="module")
def secure() -> Iterator[str]:
    with serving(echo, LOCALHOST) as server:
        yield f"https://localhost:{server.port}/"


@pytest.mark.parametrize("verify", [False, str(WHERE / "ca.pem")])
def test_whom_to_trust(secure: str, verify: bool | str) -> None:
    assert http.send("GET", secure, verify=verify).text == "GET /"


def test_nobody_unknown_is_trusted(secure: str) -> None:
    for verify in (True, str(WHERE / "self-signed.pem")):
        with pytest.raises(http.NodeError) as failed:
            http.send("GET", secure, verify=verify)
        assert failed.value.code == "UNABLE_TO_VERIFY_LEAF_SIGNATURE"


def test_trust_of_one_request_is_not_that_of_the_next(secure: str) -> None:
    assert http.send("GET", secure, verify=False).status == 200
    with pytest.raises(http.NodeError):
        http.send("GET", secure)


def test_a_client_proves_who_it_is() -> None:
    def who(req: Any, res: Any) -> None:
        res.end(str(req.socket.getPeerCertificate()["subject"]["CN"]))

    ca = str(WHERE / "ca.pem")
    with serving(who, {**LOCALHOST, "requestCert": True, "rejectUnauthorized": True, "ca": CA}) as server:
        url = f"https://localhost:{server.port}/"
        assert http.send("GET", url, verify=ca, cert=CLIENT).text == "Ann"
        with pytest.raises(http.NodeError):
            http.send("GET", url, verify=ca)


@pytest.mark.parametrize("options", [{"verify": "no/such.pem"}, {"cert": ("no/such.pem", CLIENT[1])}])
def test_a_certificate_that_is_not_there(secure: str, options: dict[str, Any]) -> None:
    with pytest.raises(
        http.NodeError, match="no/such.pem is no certificate that can be read .* expected a PEM"
    ) as failed:
        http.send("GET", secure, **options)
    assert failed.value.code == "ERR_FILE"


def test_a_certificate_that_is_none(secure: str, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(http.NodeError, match="is no certificate that can be read"):
        http.send("GET", secure, verify=str(path))


def test_requests_sent_in_the_same_way_share_their_sockets(secure: str) -> None:
    assert http.send("GET", secure, verify=False).status == 200
    assert http.send("GET", secure, verify=False).socket.reused
    # Two paths are two ways, though they lead to the same file.
    by_another_path = str(WHERE / ".." / WHERE.name / "ca.pem")
    assert not http.send("GET", secure, verify=by_another_path).socket.reused


def agent_of(delivery: Delivery, scheme: str = "https") -> http.Agent | None:
    return http.globalAgent._home.call(agent_for, delivery, scheme)


def test_the_global_agent_is_that_of_requests_that_ask_for_nothing_special() -> None:
    assert agent_of(Delivery(), "http") is None
    # Of no matter without TLS.
    assert agent_of(Delivery(verify=False, cert=CLIENT), "http") is None
    own = http.Agent()
    assert agent_of(Delivery(agent=own, verify=False)) is own
    ways = [
        Delivery(verify=False),
        Delivery(verify=str(WHERE / "ca.pem")),
        Delivery(cert=CLIENT),
        Delivery(proxy=""),
        Delivery(proxy="http://localhost:3128"),
    ]
    agents = [agent_of(each) for each in ways]
    assert len(set(agents)) == len(ways)
    assert agents == [agent_of(each) for each in ways]


def test_the_options_of_an_agent_that_is_given_count(secure: str) -> None:
    assert http.send("GET", secure, agent=http.https.Agent(ca=CA), verify="no/such.pem").status == 200


# --- proxies


class Proxy:
    """A forward proxy that also opens tunnels, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.authorization: list[str | None] = []

    def on_request(self, req: Any, res: Any) -> None:
        self._note(req)
        onward = http.request(req.url, method=req.method, headers={"Via": "1.1 test"}, agent=False)
        onward.on("response", lambda answer: (res.writeHead(answer.statusCode), answer.pipe(res)))
        onward.on("error", lambda err: (res.writeHead(502), res.end(err.code)))
        req.pipe(onward)

    def on_connect(self, req: Any, socket: Any, head: bytes) -> None:
        self._note(req)
        host, _, port = req.url.rpartition(":")
        target = net.connect(int(port), host)
        target.on("connect", lambda: socket.write("HTTP/1.1 200 Connection established\r\n\r\n"))
        target.on("error", lambda err: socket.destroy())
        socket.on("error", lambda err: target.destroy())
        target.pipe(socket)
        socket.pipe(target)

    def _note(self, req: Any) -> None:
        self.asked.append(f"{req.method} {req.url}")
        self.authorization.append(req.headers.get("proxy-authorization"))


@pytest.fixture
def proxy() -> Proxy:
    return Proxy()


@pytest.fixture
def through(proxy: Proxy) -> Iterator[str]:
    """The URL of `proxy`."""
    with serving(proxy.on_request) as server:
        server.on("connect", proxy.on_connect)
        yield server.url


@pytest.fixture
def plain() -> Iterator[str]:
    with serving(echo) as server:
        yield server.url


def test_a_proxy_is_told_the_whole_url(plain: str, through: str, proxy: Proxy) -> None:
    exchange = http.send("POST", f"{plain}x?a=1", body=b"body", proxy=through)
    assert exchange.text == "POST /x?a=1 body"
    assert proxy.asked == [f"POST {plain}x?a=1"]
    assert exchange.wire.sent.startswith(f"POST {plain}x?a=1 HTTP/1.1\r\n".encode())
    assert exchange.request.url == f"{plain}x?a=1"
    # The connection is the one to the proxy.
    assert f"http://{exchange.socket.remote}/" == through
    again = http.send("GET", plain, proxy=through)
    assert again.socket.reused


def test_a_proxy_opens_a_tunnel_for_tls(secure: str, through: str, proxy: Proxy) -> None:
    exchange = http.send("PUT", f"{secure}x", body="body", proxy=through, verify=str(WHERE / "ca.pem"))
    assert exchange.text == "PUT /x body"
    assert proxy.asked == [f"CONNECT {secure.removeprefix('https://').rstrip('/')}"]
    assert exchange.socket.protocol.startswith("TLS")
    assert exchange.wire.sent.startswith(b"PUT /x HTTP/1.1\r\n")
    assert exchange.phases.queue is not None


def test_a_proxy_asks_who_it_is(plain: str, secure: str, through: str, proxy: Proxy) -> None:
    url = through.replace("//", "//user:pa%20ss@")
    expected = f"Basic {base64.b64encode(b'user:pa ss').decode()}"
    assert http.send("GET", plain, proxy=url).status == 200
    assert http.send("GET", secure, proxy=url, verify=False).status == 200
    assert proxy.authorization == [expected, expected]


def test_a_proxy_of_an_empty_name_is_none(plain: str, through: str, proxy: Proxy) -> None:
    restore = http.setGlobalProxyFromEnv({"HTTP_PROXY": through})
    try:
        assert http.send("GET", plain, proxy="").text == "GET /"
        assert proxy.asked == []
        assert http.send("GET", plain).text == "GET /"
        assert proxy.asked == [f"GET {plain}"]
    finally:
        restore()


def test_the_proxy_of_the_global_agent_is_also_that_of_special_tls(secure: str, through: str, proxy: Proxy) -> None:
    restore = http.setGlobalProxyFromEnv({"HTTPS_PROXY": through})
    try:
        assert http.send("GET", secure, verify=False).text == "GET /"
    finally:
        restore()
    assert len(proxy.asked) == 1
    assert http.send("GET", secure, verify=False).text == "GET /"
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("url", ["nonsense", "localhost:3128", "socks5://user:hunter2@localhost:1/", "http://[::1"])
def test_a_proxy_that_is_none_is_an_error(plain: str, url: str) -> None:
    with pytest.raises(http.NodeError) as failed:
        http.send("GET", plain, proxy=url)
    assert failed.value.code == "ERR_PROXY_INVALID_CONFIG"
    assert "hunter2" not in str(failed.value)


def test_a_proxy_that_is_not_there(plain: str, secure: str) -> None:
    for url in (plain, secure):
        with pytest.raises(http.NodeError) as failed:
            http.send("GET", url, proxy="http://127.0.0.1:1/", verify=False)
        assert failed.value.code == "ECONNREFUSED"


def test_a_proxy_that_refuses_a_tunnel(secure: str) -> None:
    with serving() as server:
        server.on("connect", lambda req, socket, head: socket.end("HTTP/1.1 407 Who are you?\r\n\r\n"))
        with pytest.raises(http.NodeError, match="407 Who are you") as failed:
            http.send("GET", secure, proxy=server.url, verify=False)
    assert failed.value.code == "ERR_PROXY_TUNNEL"
