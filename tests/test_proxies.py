"""Which requests go through a proxy and what they say to it; `tests/node` compares the same with real Node."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.global_agents import global_agent, setGlobalProxyFromEnv
from httpkit.proxies import Proxy, absolute_target, check_proxy_url, connect_head, proxy_of

PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("protocol", "env", "found"),
    [
        ("http:", {}, None),
        ("http:", {"HTTP_PROXY": PROXY}, ("http:", "proxy.example", 3128)),
        ("http:", {"HTTPS_PROXY": PROXY}, None),
        ("https:", {"HTTPS_PROXY": PROXY}, ("http:", "proxy.example", 3128)),
        ("http:", {"HTTP_PROXY": "http://upper", "http_proxy": "http://lower"}, ("http:", "lower", 80)),
        ("http:", {"HTTP_PROXY": "http://upper", "http_proxy": ""}, ("http:", "upper", 80)),
        ("http:", {"HTTP_PROXY": "https://secure"}, ("https:", "secure", 443)),
        ("http:", {"HTTP_PROXY": "http://[::1]:8080"}, ("http:", "::1", 8080)),
        ("http:", {"HTTP_PROXY": "socks5://elsewhere"}, None),
        ("http:", {"HTTP_PROXY": "proxy.example:3128"}, None),
        ("ws:", {"HTTP_PROXY": PROXY, "HTTPS_PROXY": PROXY}, None),
    ],
)
def test_where_the_proxy_is(protocol: str, env: dict[str, Any], found: tuple[str, str, int] | None) -> None:
    proxy = proxy_of(env, protocol)
    assert (proxy and (proxy.protocol, proxy.host, proxy.port)) == found


@pytest.mark.parametrize(
    ("entry", "host", "port", "direct"),
    [
        ("", "example.com", 80, False),
        ("*", "example.com", 80, True),
        ("example.com", "example.com", 80, True),
        ("example.com", "EXAMPLE.com", 80, True),
        ("Example.COM", "example.com", 80, True),
        ("example.com", "www.example.com", 80, False),
        ("example.com:80", "example.com", 80, True),
        ("example.com:80", "example.com", "80", True),
        ("example.com:81", "example.com", 80, False),
        ("example.com:", "example.com", None, False),
        (".example.com", "example.com", 80, True),
        (".example.com", "www.example.com", 80, True),
        (".example.com", "badexample.com", 80, False),
        ("*.example.com", "www.example.com", 80, True),
        ("*.example.com", "example.com", 80, False),
        ("*example.com", "www.example.com", 80, False),
        ("10.0.0.1", "10.0.0.1", 80, True),
        ("10.0.0.1-10.0.0.9", "10.0.0.5", 80, True),
        ("10.0.0.1 - 10.0.0.9", "10.0.0.9", 80, True),
        ("10.0.0.1-10.0.0.9", "10.0.0.10", 80, False),
        ("10.0.0.1-10.0.0.9", "example.com", 80, False),
        ("10.0.0.1-", "10.0.0.5", 80, False),
        ("my-host", "my-host", 80, True),
        ("::1", "::1", 80, True),
        ("other, example.com ,third", "example.com", 80, True),
    ],
)
def test_which_hosts_do_without_it(entry: str, host: str, port: Any, direct: bool) -> None:
    proxy = proxy_of({"HTTP_PROXY": PROXY, "NO_PROXY": entry}, "http:")
    assert proxy is not None
    assert proxy.is_for(host, port) is not direct


def test_lower_case_goes_first_in_no_proxy() -> None:
    env = {"HTTP_PROXY": PROXY, "NO_PROXY": "*", "no_proxy": "example.org"}
    proxy = proxy_of(env, "http:")
    assert proxy is not None
    assert proxy.is_for("example.com", 80)


@pytest.mark.parametrize(
    ("url", "authorization", "href"),
    [
        (PROXY, None, PROXY),
        ("http://me:secret@proxy.example", "Basic bWU6c2VjcmV0", "http://proxy.example/"),
        ("http://me:secret@proxy.example:3128/x", "Basic bWU6c2VjcmV0", "http://proxy.example:3128/x"),
        ("http://m%40e:s%3Ae@proxy.example", "Basic bUBlOnM6ZQ==", "http://proxy.example/"),
        ("http://me@proxy.example", "Basic bWU6", "http://proxy.example/"),
        ("http://:@proxy.example", None, "http://:@proxy.example"),
    ],
)
def test_credentials_are_sent_and_not_shown(url: str, authorization: str | None, href: str) -> None:
    proxy = proxy_of({"HTTP_PROXY": url}, "http:")
    assert proxy is not None
    assert (proxy.authorization, proxy.href) == (authorization, href)
    assert "secret" not in repr(proxy)
    assert "Basic" not in repr(proxy)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://[", "http://["),
        ("http://exa mple", "http://exa mple"),
        ("http://x:99999", "http://x:99999"),
        ("http://x\r\ny", "http://x\r\ny"),
        ("http://me:sec/ret@x:99999", "http://***@x:99999"),
        ("http://me:sec ret@exa mple", "http://***@exa mple"),
    ],
)
def test_an_url_that_is_none(url: str, shown: str) -> None:
    with pytest.raises(NodeError) as refused:
        proxy_of({"HTTP_PROXY": url}, "http:")
    assert (refused.value.code, str(refused.value)) == ("ERR_PROXY_INVALID_CONFIG", f"Invalid proxy URL: {shown}")
    assert refused.value.__context__ is None or refused.value.__suppress_context__


def test_a_value_that_is_no_text() -> None:
    with pytest.raises(NodeError, match='"proxyEnv.HTTP_PROXY" property must be of type str'):
        proxy_of({"HTTP_PROXY": 3128}, "http:")


@pytest.mark.parametrize(
    ("path", "host", "port", "given", "target", "place"),
    [
        ("/", "example.com", 80, None, "http://example.com/", "example.com"),
        ("/a/../b?x", "EXAMPLE.com", 8080, None, "http://example.com:8080/b?x", "example.com:8080"),
        ("/a#b", "example.com", 80, None, "http://example.com/a", "example.com"),
        ("//a//b", "example.com", 80, None, "http://example.com//a//b", "example.com"),
        ("/\xe9", "example.com", 80, None, "http://example.com/%C3%A9", "example.com"),
        ("/", "::1", 81, None, "http://[::1]:81/", "[::1]:81"),
        ("/", "127.1", 80, "127.0.0.1", "http://127.0.0.1/", "127.0.0.1"),
        ("/", "example.com", 80, "EXAMPLE.com:80", "http://example.com/", "example.com"),
        ("http://example.com:80/x?y", "example.com", 80, None, "http://example.com/x?y", "example.com"),
    ],
)
def test_the_target_of_a_request_to_a_proxy(
    path: str, host: str, port: int, given: str | None, target: str, place: str
) -> None:
    assert absolute_target(path, host, port, given) == (target, place)


@pytest.mark.parametrize(
    ("path", "given", "exactly"),
    [
        ("x", None, False),
        ("http://example.org/", None, False),
        ("http://example.com:81/", None, False),
        ("http://example.com@example.org/", None, False),
        ("http://me:secret@example.com/", None, False),
        ("https://example.com/", None, False),
        ("/", "example.org", False),
        ("/", "example.com@example.org", False),
        ("/", "example.com/x", False),
        ("/", "", False),
        ("/", "EXAMPLE.com", True),
    ],
)
def test_a_proxy_is_not_told_two_hosts(path: str, given: str | None, exactly: bool) -> None:
    with pytest.raises(NodeError) as refused:
        absolute_target(path, "example.com", 80, given, exactly=exactly)
    assert refused.value.code == "ERR_INVALID_ARG_VALUE"
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("host", ["exa mple", "a@b", "a/b", "a\r\nb", ""])
def test_a_host_that_is_none(host: str) -> None:
    with pytest.raises(NodeError) as refused:
        absolute_target("/", host, 80, None)
    assert refused.value.code == "ERR_INVALID_URL"


def test_what_asks_for_a_tunnel() -> None:
    plain = Proxy("http:", "proxy.example", 3128, PROXY)
    known = Proxy("http:", "proxy.example", 3128, PROXY, "Basic eA==")
    assert connect_head("example.com", 443, plain, keep_alive=False) == (
        b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n"
    )
    assert connect_head("::1", 8443, known, keep_alive=True) == (
        b"CONNECT [::1]:8443 HTTP/1.1\r\n"
        b"proxy-authorization: Basic eA==\r\n"
        b"proxy-connection: keep-alive\r\n"
        b"host: [::1]:8443\r\n\r\n"
    )


@pytest.mark.parametrize("host", ["a\r\nX: y", "a b", "a@b", "m\xfcnchen"])
def test_a_tunnel_to_no_host(host: str) -> None:
    with pytest.raises(NodeError) as refused:
        connect_head(host, 443, Proxy("http:", "proxy.example", 3128, PROXY), keep_alive=False)
    assert refused.value.code == "ERR_UNESCAPED_CHARACTERS"


@pytest.mark.parametrize(
    ("url", "is_one"), [("http://x", True), ("socks5://x", True), ("http://[", False), ("x", False)]
)
def test_what_is_an_url_at_all(url: str, is_one: bool) -> None:
    if is_one:
        check_proxy_url(url)
    else:
        with pytest.raises(NodeError) as refused:
            check_proxy_url(url)
        assert (refused.value.code, str(refused.value)) == ("ERR_PROXY_INVALID_CONFIG", url)


def test_the_global_agent_learns_of_a_proxy_and_forgets_it() -> None:
    before = global_agent()
    restore = setGlobalProxyFromEnv({"HTTP_PROXY": PROXY, "SECRET": "mine"})
    during = global_agent()
    assert during is global_agent()
    assert during._proxy == proxy_of({"HTTP_PROXY": PROXY}, "http:")
    assert during.options["proxyEnv"] == {"HTTP_PROXY": PROXY}
    restore()
    assert global_agent() is before
    assert before._proxy is None


def test_a_proxy_for_https_leaves_http_alone() -> None:
    before = global_agent()
    restore = setGlobalProxyFromEnv({"HTTPS_PROXY": PROXY})
    during = global_agent()
    restore()
    assert during is before


def test_the_environment_names_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", PROXY)
    restore = setGlobalProxyFromEnv()
    proxy = global_agent()._proxy
    restore()
    assert proxy is not None
    assert proxy.host == "proxy.example"


@pytest.mark.parametrize(("switch", "host"), [("1", "proxy.example"), ("0", "None"), ("true", "None"), (None, "None")])
def test_a_process_that_is_told_to_use_the_environment(switch: str | None, host: str) -> None:
    program = "import httpkit; print(httpkit.globalAgent._proxy and httpkit.globalAgent._proxy.host)"
    env = {**os.environ, "HTTP_PROXY": PROXY} | ({"NODE_USE_ENV_PROXY": switch} if switch else {})
    ran = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == host


@pytest.mark.parametrize(
    ("env", "code"),
    [
        (5, "ERR_INVALID_ARG_TYPE"),
        ("http://x", "ERR_INVALID_ARG_TYPE"),
        ({"HTTP_PROXY": "nope"}, "ERR_PROXY_INVALID_CONFIG"),
        ({"HTTPS_PROXY": "http://["}, "ERR_PROXY_INVALID_CONFIG"),
        ({"HTTP_PROXY": "a\nb"}, "ERR_PROXY_INVALID_CONFIG"),
    ],
)
def test_an_environment_that_makes_no_sense(env: Any, code: str) -> None:
    before = global_agent()
    with pytest.raises(NodeError) as refused:
        setGlobalProxyFromEnv(env)
    assert refused.value.code == code
    assert global_agent() is before
