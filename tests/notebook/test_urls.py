"""URLs as people type them."""

from __future__ import annotations

import pytest

from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.urls import expand, link_to, with_query


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        (":3000", "http://localhost:3000"),
        (":3000/path", "http://localhost:3000/path"),
        (":3000?q=1", "http://localhost:3000?q=1"),
        (":/path", "http://localhost/path"),
        (":", "http://localhost"),
        ("localhost:3000/path", "http://localhost:3000/path"),
        ("example.com", "http://example.com"),
        ("example.com:8080/a:b", "http://example.com:8080/a:b"),
        ("127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("[::1]:3000/", "http://[::1]:3000/"),
        ("http://host/path", "http://host/path"),
        ("HTTP://host/", "HTTP://host/"),
        ("host/?next=https://other/", "http://host/?next=https://other/"),
    ],
)
def test_expand(typed: str, url: str) -> None:
    assert expand(typed) == url


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (
            "ftp://host/",
            "ftp:// is not supported: got ftp://host/, expected a URL that begins with http:// or https://.",
        ),
        ("/path", "/path is not a URL. Expected something like :3000/path"),
        (":99999/", ":99999/ is not a URL"),
        ("http://", "http:// is not a URL"),
        ("host:port/", "host:port/ is not a URL"),
        ("http://[::1/", "is not a URL"),
        ("", " is not a URL"),
    ],
)
def test_what_is_no_url(typed: str, message: str) -> None:
    with pytest.raises(Mistake) as caught:
        expand(typed)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("url", "pairs", "whole"),
    [
        ("http://h/a", [], "http://h/a"),
        ("http://h/a", [("q", "a b&c")], "http://h/a?q=a+b%26c"),
        ("http://h/a?x=1#top", [("q", "ü"), ("q", "2")], "http://h/a?x=1&q=%C3%BC&q=2#top"),
    ],
)
def test_query(url: str, pairs: list[tuple[str, str]], whole: str) -> None:
    assert with_query(url, pairs) == whole


def test_links_go_through_the_proxy_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    assert link_to("http://localhost:3000/") == "http://localhost:3000/"
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    assert link_to("http://localhost:3000/") == "/user/ann/proxy/3000/"
