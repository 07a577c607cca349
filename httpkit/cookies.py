"""Cookies: what servers asked a client to remember, and which of it goes with a request (RFC 6265).

Python's `http.cookiejar` does the matching; this gives it a request and a response as it knows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.parse import urlsplit
from urllib.request import Request

_DOMAIN = re.compile(r";\s*domain\s*=\s*\.?([^;]*)", re.IGNORECASE)


class _Response:
    """The part of a response that a CookieJar looks at."""

    def __init__(self, set_cookies: Iterable[str]) -> None:
        self._message = Message()
        for line in set_cookies:
            self._message["Set-Cookie"] = line

    def info(self) -> Message:
        return self._message


class Cookies:
    """A jar of cookies, in memory."""

    def __init__(self) -> None:
        # What was set without a domain is of that host alone.
        policy = DefaultCookiePolicy(strict_domain=True, strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain)
        self._jar = CookieJar(policy)

    def __repr__(self) -> str:
        # The values are secrets.
        return f"<Cookies {', '.join(sorted(cookie.name for cookie in self)) or 'none'}>"

    def __iter__(self) -> Iterator[Cookie]:
        return iter(self._jar)

    def __len__(self) -> int:
        return len(self._jar)

    def header(self, url: str) -> str:
        """The value of the Cookie header of a request to `url`; '' for none."""
        request = _request(url)
        self._jar.add_cookie_header(request)
        return str(request.get_header("Cookie") or "")

    def take(self, url: str, set_cookies: Iterable[str]) -> None:
        """Remember what a response from `url` said in its Set-Cookie headers."""
        host = urlsplit(url).hostname or ""
        response = _Response(filter(None, (_for_host(line, host) for line in set_cookies)))
        self._jar.extract_cookies(response, _request(url))  # type: ignore[arg-type]  # has what it reads

    def clear(self) -> None:
        """Forget them all."""
        self._jar.clear()


def joined_cookies(remembered: str, written: str) -> str:
    """A Cookie header of both; one that somebody wrote takes the place of the remembered one of its name."""
    names = {_cookie_name(pair) for pair in written.split(";")}
    kept = [pair.strip() for pair in remembered.split(";") if _cookie_name(pair) not in names]
    return "; ".join(filter(None, (*kept, written)))


def _cookie_name(pair: str) -> str:
    return pair.partition("=")[0].strip()


def _request(url: str) -> Request:
    # A CookieJar takes the userinfo of a URL for a part of the host.
    parts = urlsplit(url)
    return Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())


def _for_host(line: str, host: str) -> str:
    """A Set-Cookie as a CookieJar takes it rightly; '' for one that `host` may not set.

    A host that has no domain, `localhost` or an address, speaks for itself alone (RFC 6265 section 5.1.3): a CookieJar
    sees a top-level domain in the one, and takes the numbers of the other for names.
    """
    if "." in host and not re.fullmatch(r"[\d.]+", host):
        return line
    domains = _DOMAIN.findall(line)
    return _DOMAIN.sub("", line) if all(each.strip().lower() in ("", host.lower()) for each in domains) else ""
