"""What to ask next when a response says that the thing is elsewhere: a pure function of draft and response.

As browsers do (the Fetch standard, which settles what RFC 9110 section 15.4 leaves open): 303 turns everything but HEAD
into GET, 301 and 302 turn POST into GET, 307 and 308 change nothing. Credentials do not travel to another origin.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

from . import redact
from .draft import Draft
from .errors import NodeError
from .messages import ReceivedResponse
from .payload import Payload

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OF_THE_BODY = ("Content-Length", "Content-Type", "Content-Encoding", "Content-Language", "Transfer-Encoding")
# What is said to one origin alone.
CREDENTIALS = ("Authorization", "Cookie", "Proxy-Authorization")
_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_redirect(response: ReceivedResponse) -> bool:
    """Whether a response says that the thing is elsewhere, and where."""
    return response.statusCode in _REDIRECTS and bool(response.headers.get("location"))


def redirected(draft: Draft, response: ReceivedResponse) -> Draft | None:
    """The request that `response` to `draft` asks for; None where it is no redirect.

    Raises NodeError ERR_INVALID_REDIRECT where the Location leads nowhere that can be requested.
    """
    if not is_redirect(response):
        return None
    url = _target(draft.url, response.headers["location"])
    moved = replace(draft.without("Host"), url=url)
    if _becomes_get(draft.method, response.statusCode):
        moved = replace(moved.without(*_OF_THE_BODY), method="GET", payload=Payload())
    if not is_same_origin(url, draft.url):
        return moved.without(*CREDENTIALS)
    return replace(moved, url=_with_userinfo(url, draft.url))


def _target(base: str, location: str) -> str:
    # What stands in a header is bytes; a URL is ASCII.
    location = quote(location.encode("latin-1", "replace"), safe="!#$%&'()*+,/:;=?@[]~")
    try:
        url = urljoin(base, location)
        parts = urlsplit(url)
        if parts.scheme in _DEFAULT_PORTS and parts.hostname and parts.port != 0:
            fragment = parts.fragment or urlsplit(base).fragment
            return parts._replace(fragment=fragment).geturl()
    except ValueError:
        pass
    raise NodeError(
        f"the response redirects to {redact.url(location)!r}, which is no URL that can be requested: expected http:// "
        "or https://",
        "ERR_INVALID_REDIRECT",
    )


def _with_userinfo(url: str, base: str) -> str:
    """`url` with the credentials that stand in `base`, where it has none of its own."""
    userinfo, at, _ = urlsplit(base).netloc.rpartition("@")
    parts = urlsplit(url)
    return url if "@" in parts.netloc else parts._replace(netloc=userinfo + at + parts.netloc).geturl()


def _becomes_get(method: str, status: int) -> bool:
    return (status == 303 and method not in {"GET", "HEAD"}) or (status in {301, 302} and method == "POST")


def is_same_origin(url: str, other: str) -> bool:
    """Whether two URLs agree in scheme, host and port; one that is none agrees with nothing but itself."""
    try:
        return _origin(url) == _origin(other)
    except ValueError:
        return url == other


def _origin(url: str) -> tuple[str, str | None, int]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)
