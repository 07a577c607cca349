"""The opening handshake of a WebSocket: what may be asked for, what is sent, and what must come back.

Source: RFC 6455 section 4.1, https://websockets.spec.whatwg.org/#dom-websocket-websocket
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from . import redact
from .errors import NodeError, NodeRangeError, wrong_value
from .headers import header_pairs, is_token
from .proxies import bracketed
from .urls import url_options

_HTTP = {"ws": "http", "wss": "https", "http": "http", "https": "https"}
# Said by the two ends of the handshake, and by nobody else.
_OURS = frozenset({"connection", "upgrade"})
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Address(NamedTuple):
    """Where a WebSocket goes: the options of its request, its URL as browsers write it, and its origin."""

    options: dict[str, Any]
    url: str
    origin: str


def address(url: str) -> Address:
    """What a ws:, wss:, http: or https: URL stands for. Raises SYNTAX_ERR."""
    scheme, _, rest = url.strip().partition(":")
    http = _HTTP.get(scheme.lower())
    if http is None or "#" in rest:
        raise syntax_error(f"Got URL {redact.url(url)!r}, expected ws:, wss:, http: or https:, and no fragment.")
    try:
        options = url_options(f"{http}:{rest}")
    except NodeError as err:
        raise syntax_error(
            f"Got URL {redact.url(url)!r}, expected an absolute one such as 'ws://localhost:3000/'."
        ) from err
    ws, default = ("ws", 80) if http == "http" else ("wss", 443)
    port = options.get("port", default)
    place = bracketed(options["hostname"]) + ("" if port == default else f":{port}")
    who = f"{quote(options['auth'], safe=':')}@" if "auth" in options else ""
    return Address(options, f"{ws}://{who}{place}{options['path']}", f"{ws}://{place}")


def subprotocols(given: Any) -> list[str]:
    """One name or several, each a token and there once. Raises SYNTAX_ERR."""
    names = [given] if isinstance(given, str) else list(given or ())
    for name in names:
        if not is_token(name):
            raise syntax_error(f"Got subprotocol {name!r}, expected a token.")
    if len({name.lower() for name in names}) != len(names):
        raise syntax_error(f"Got subprotocols {names!r}, expected each once.")
    return names


def handshake_headers(given: Any, key: str, offered: Sequence[str]) -> dict[str, Any]:
    """The headers of the request: those `given`, and the handshake's own. Raises ERR_INVALID_ARG_VALUE."""
    more: dict[str, list[Any]] = {}
    for name, value in header_pairs(given or {}):
        if str(name).lower() in _OURS or str(name).lower().startswith("sec-websocket-"):
            raise wrong_value("options.headers", f"must not have {name}, which the handshake sets", given)
        more.setdefault(name, []).append(value)
    return {
        "Connection": "upgrade",
        "Upgrade": "websocket",
        **{name: values[0] if len(values) == 1 else values for name, values in more.items()},
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
        **({"Sec-WebSocket-Protocol": ", ".join(offered)} if offered else {}),
    }


def disagreement(status: int | None, headers: Mapping[str, Any], key: str, offered: Sequence[str]) -> str | None:
    """Why a response with `status` and `headers` (lower-case names) does not open a WebSocket; None if it does."""
    upgrade, connection = headers.get("upgrade", ""), headers.get("connection", "")
    accept, extensions = headers.get("sec-websocket-accept"), headers.get("sec-websocket-extensions")
    chosen = headers.get("sec-websocket-protocol")
    is_upgrade = "upgrade" in (each.strip().lower() for each in connection.split(","))
    found = (
        (status != 101, f"Got status {status}, expected 101."),
        (upgrade.lower() != "websocket", f"Got Upgrade {upgrade!r}, expected 'websocket'."),
        (not is_upgrade, f"Got Connection {connection!r}, expected 'Upgrade'."),
        (accept != accept_for(key), f"Got Sec-WebSocket-Accept {accept!r}, expected {accept_for(key)!r}."),
        (extensions is not None, f"Got Sec-WebSocket-Extensions {extensions!r}, expected none."),
        (chosen not in (offered or (None,)), f"Got Sec-WebSocket-Protocol {chosen!r}, expected {_one_of(offered)}."),
    )
    return next((reason for is_so, reason in found if is_so), None)


def accept_for(key: str) -> str:
    """What a server answers to `key`, to show that it knows what a WebSocket is."""
    return base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode()).digest()).decode()


def syntax_error(message: str) -> NodeError:
    """What the platform calls a SyntaxError; in Python it is a ValueError."""
    return NodeRangeError(message, "SYNTAX_ERR")


def _one_of(offered: Sequence[str]) -> str:
    return f"one of {list(offered)!r}" if offered else "none"
