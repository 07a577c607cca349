"""Which cookies a server may set, and which requests they go with (RFC 6265)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from httpkit.cookies import Cookies, joined_cookies

SITE = "http://www.example.com/docs/page"


def kept(url: str, *lines: str) -> Cookies:
    cookies = Cookies()
    cookies.take(url, lines)
    return cookies


@pytest.mark.parametrize(
    ("line", "url", "sent"),
    [
        # Without a domain it is of that host alone.
        ("a=1", "http://www.example.com/docs/other", "a=1"),
        ("a=1", "https://www.example.com/docs/", "a=1"),
        ("a=1", "http://www.example.com:8080/docs/", "a=1"),
        ("a=1", "http://api.www.example.com/docs/", ""),
        ("a=1", "http://example.com/docs/", ""),
        ("a=1; Domain=example.com", "http://api.example.com/docs/", "a=1"),
        ("a=1; Domain=.example.com", "http://api.example.com/docs/", "a=1"),
        ("a=1; Domain=example.com", "http://badexample.com/docs/", ""),
        # A server speaks for its own domain only.
        ("a=1; Domain=other.com", "http://other.com/docs/", ""),
        ("a=1; Domain=com", "http://www.example.com/docs/", ""),
        # The default path is the folder of what was asked for.
        ("a=1", "http://www.example.com/", ""),
        ("a=1; Path=/", "http://www.example.com/", "a=1"),
        ("a=1; Path=/docs", "http://www.example.com/docs/x", "a=1"),
        ("a=1; Path=/docs", "http://www.example.com/docs", "a=1"),
        ("a=1; Path=/docs", "http://www.example.com/docsearch", ""),
        ("a=1; Secure", "http://www.example.com/docs/", ""),
        ("a=1; Secure", "https://www.example.com/docs/", "a=1"),
        ("a=1; HttpOnly; SameSite=Strict", "http://www.example.com/docs/", "a=1"),
        ("a=1; Max-Age=60", "http://www.example.com/docs/", "a=1"),
        ("a=1; Max-Age=0", "http://www.example.com/docs/", ""),
        ("a=1; Max-Age=-1", "http://www.example.com/docs/", ""),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "http://www.example.com/docs/", ""),
        ("a=1; Expires=Fri, 01 Jan 2100 00:00:00 GMT", "http://www.example.com/docs/", "a=1"),
        # Max-Age goes before Expires.
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=60", "http://www.example.com/docs/", "a=1"),
        ("a=b=c", "http://www.example.com/docs/", "a=b=c"),
        ('a="quoted"', "http://www.example.com/docs/", 'a="quoted"'),
    ],
)
def test_a_cookie_goes_where_its_server_says(line: str, url: str, sent: str) -> None:
    assert kept(SITE, line).header(url) == sent


@pytest.mark.parametrize("host", ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "[::1]", "kernel:8888"])
@pytest.mark.parametrize("domain", ["", "; Domain={host}", "; domain=.{host}; Path=/"])
def test_hosts_without_a_domain_have_cookies_too(host: str, domain: str) -> None:
    name = urlsplit(f"//{host}").hostname
    cookies = kept(f"http://{host}/", f"a=1{domain.format(host=name)}")
    assert cookies.header(f"http://{host}/x") == "a=1"
    assert cookies.header("http://www.example.com/") == ""


def test_the_userinfo_of_a_url_is_no_part_of_the_host() -> None:
    cookies = kept("http://user:password@127.0.0.1:3000/", "a=1")
    assert cookies.header("http://127.0.0.1:3000/") == "a=1"
    assert cookies.header("http://user:password@127.0.0.1:3000/") == "a=1"
    assert [cookie.domain for cookie in cookies] == ["127.0.0.1"]


@pytest.mark.parametrize(
    "line", ["", ";", "=", "; Path=/", "Path=/", "\xe9", "a=1; Domain=", "a=1; Expires=soon", "é=ü"]
)
def test_what_is_malformed_does_no_harm(line: str) -> None:
    cookies = kept(SITE, line, "good=1")
    assert "good=1" in cookies.header(SITE)
    assert all(part.partition("=")[0] for part in cookies.header(SITE).split("; "))


def test_a_later_cookie_takes_the_place_of_an_earlier_one() -> None:
    cookies = kept(SITE, "a=1", "b=1")
    cookies.take(SITE, ["a=2"])
    assert cookies.header(SITE) == "a=2; b=1"
    cookies.take(SITE, ["a=; Max-Age=0"])
    assert (cookies.header(SITE), len(cookies)) == ("b=1", 1)


def test_the_cookie_with_the_longest_path_goes_first() -> None:
    cookies = kept(SITE, "a=root; Path=/", "a=docs; Path=/docs")
    assert cookies.header(SITE) == "a=docs; a=root"


def test_its_repr_names_them_and_keeps_their_values() -> None:
    cookies = kept(SITE, "b=hunter2", "a=hunter2")
    assert repr(cookies) == "<Cookies a, b>"
    cookies.clear()
    assert repr(cookies) == "<Cookies none>"


@pytest.mark.parametrize(
    ("setter", "line", "other"),
    [
        ("http://127.0.0.1/", "a=1; Domain=.0.0.1", "http://10.0.0.1/"),
        ("http://127.0.0.1/", "a=1; Domain=0.0.1", "http://127.0.0.1/"),
        ("http://kernel/", "a=1; Domain=.local", "http://other.local/"),
        ("http://kernel/", "a=1; Domain=local", "http://localhost/"),
        ("http://www.example.co.uk/", "a=1; Domain=co.uk", "http://other.co.uk/"),
    ],
)
def test_nobody_sets_cookies_of_others(setter: str, line: str, other: str) -> None:
    assert kept(setter, line).header(other) == ""


def test_a_cookie_that_is_written_goes_before_the_remembered_one() -> None:
    assert joined_cookies("a=1; b=2", "a=mine; c=3") == "b=2; a=mine; c=3"
    assert joined_cookies("a=1", "") == "a=1"
