"""Cookies in a file as browsers' extensions and curl write them: the format that Netscape had.

A line is a cookie: domain, whether its subdomains are meant, path, whether https only, expiry in seconds since 1970 (0
for none), name and value, with tabs between. Source: https://curl.se/docs/http-cookies.html, RFC 6265 section 5.4
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

# Before the domain of a cookie that scripts of a page may not read; every other # begins a comment.
_HTTP_ONLY = "#HttpOnly_"
_SAFE_WITHOUT_TLS = frozenset({"localhost", "127.0.0.1", "::1"})


class _Cookie(NamedTuple):
    domain: str
    subdomains: bool
    path: str
    secure: bool
    expires: float
    name: str
    value: str


def cookies_for(text: str, url: str) -> list[str]:
    """The cookies in `text` that go with a request for `url`, as `name=value`, those of longer paths first.

    Raises ValueError where no line of it is a cookie, though it is not empty.
    """
    lines = text.splitlines()
    cookies = list(_cookies(lines))
    if not cookies and any(line.strip() and not line.startswith("#") for line in lines):
        raise ValueError("no line has the seven fields of a cookie, with tabs between")
    matching = [cookie for cookie in cookies if _goes_with(cookie, url)]
    return [f"{cookie.name}={cookie.value}" for cookie in sorted(matching, key=lambda each: -len(each.path))]


def _cookies(lines: list[str]) -> Iterator[_Cookie]:
    for line in lines:
        fields = line.removeprefix(_HTTP_ONLY).split("\t")
        if len(fields) not in (6, 7) or line.removeprefix(_HTTP_ONLY).startswith("#"):
            continue
        domain, subdomains, path, secure, expires, name, value = [*fields, ""][:7]
        if expires.isdecimal():
            yes = (subdomains.upper() == "TRUE", secure.upper() == "TRUE")
            yield _Cookie(domain.lstrip(".").lower(), yes[0], path, yes[1], int(expires), name, value)


def _goes_with(cookie: _Cookie, url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return (
        (host == cookie.domain or (cookie.subdomains and host.endswith(f".{cookie.domain}")))
        and _is_under(parts.path or "/", cookie.path)
        and (not cookie.secure or parts.scheme == "https" or host in _SAFE_WITHOUT_TLS)
        and (cookie.expires == 0 or cookie.expires > time.time())
    )


def _is_under(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
