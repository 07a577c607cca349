"""A URL as request options, read the way browsers and Node read one (WHATWG)."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urljoin, urlsplit

from .errors import NodeError, error

# What stays as it is in a path or query; everything else is percent-encoded as UTF-8.
_SAFE = "!$%&'()*+,-./:;=?@[]^_`{|}~\\"


def url_options(url: str) -> dict[str, Any]:
    """The options of `request()` that `url` stands for. Raises ERR_INVALID_URL."""
    text = url.strip()
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
        if host is not None and not host.isascii():
            host = host.encode("idna").decode()
    except (ValueError, UnicodeError):
        raise invalid_url(url) from None
    if not parts.scheme or not host or any(character in host for character in " <>^|%"):
        raise invalid_url(url)
    # urljoin takes out `.` and `..`.
    path = quote(urlsplit(urljoin("http://x/", parts.path or "/")).path, safe=_SAFE)
    if parts.query:
        path += f"?{quote(parts.query, safe=_SAFE)}"
    options: dict[str, Any] = {"protocol": f"{parts.scheme.lower()}:", "hostname": host, "path": path}
    if port is not None:
        options["port"] = port
    if parts.username is not None:
        options["auth"] = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return options


def invalid_url(url: str) -> NodeError:
    """ERR_INVALID_URL that says what was got and what was expected; `input` holds the text."""
    err = error("ERR_INVALID_URL")
    err.input = url  # type: ignore[attr-defined]
    err.add_note(f"Got {url!r}, expected an absolute URL such as 'http://localhost:3000/path'.")
    return err
