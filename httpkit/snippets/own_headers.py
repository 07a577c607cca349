"""Which headers of a request somebody chose, and which its client added by itself."""

from __future__ import annotations

from collections.abc import Callable

from httpkit.errors import NodeError
from httpkit.headers import basic
from httpkit.messages import Pairs, SentRequest
from httpkit.proxies import DEFAULT_PORTS, bracketed
from httpkit.urls import url_options


def own_headers(sent: SentRequest) -> Pairs:
    """The headers of a request without those that a client adds by itself: they follow from the URL and the body."""
    return tuple((name, value) for name, value in sent.raw_headers if not _follows(sent.url, name.lower(), value))


def _follows(url: str, name: str, value: str) -> bool:
    rule = _RULES.get(name)
    return rule is not None and rule(url, value)


def _is_host_of(url: str, value: str) -> bool:
    try:
        parts = url_options(url)
    except NodeError:
        return False
    host, usual = bracketed(parts["hostname"]), DEFAULT_PORTS.get(parts["protocol"])
    port = parts.get("port") or usual
    is_default = port == usual
    return value.lower() in {f"{host}:{port}", *([host] if is_default else [])}


def _is_login_of(url: str, value: str) -> bool:
    try:
        auth = url_options(url).get("auth")
    except NodeError:
        return False
    return auth is not None and value == basic(auth)


_RULES: dict[str, Callable[[str, str], bool]] = {
    "host": _is_host_of,
    "authorization": _is_login_of,
    "connection": lambda _, value: value.lower() in {"keep-alive", "close"},
    "content-length": lambda *_: True,
    "transfer-encoding": lambda _, value: value.lower() == "chunked",
}
