"""URLs as people type them, and as a browser can open them."""

from __future__ import annotations

import os
import re
from urllib.parse import urlencode, urlsplit

from httpkit import redact

from .mistakes import Mistake

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://")
_LOCAL = re.compile(r"^:(\d*)(?=[/?#]|$)")


def expand(typed: str, scheme: str = "http") -> str:
    """The full URL of what was typed: `:3000/path`, `localhost:3000/path` or `http://host/path`.

    Where it has no scheme, `scheme` is its. Raises Mistake where it is none that can be requested.
    """
    if typed.isdecimal():
        # `%http 3000`: nobody has a host called 3000, and everybody a port.
        typed = f":{typed}"
    given = _SCHEME.match(typed)
    url = typed if given else f"{scheme}://{_LOCAL.sub(_localhost, typed)}"
    if given and given[1].lower() not in ("http", "https"):
        raise Mistake(
            f"{given[1]}:// is not supported: got {_shown(typed)}, expected a URL that begins with http:// or https://."
        )
    if not _has_host(url):
        hint = " A name of the notebook goes in two braces: {{name}}." if re.search(r"\{\w+\}|\$\w+", typed) else ""
        raise Mistake(
            f"{_shown(typed)} is not a URL. Expected something like :3000/path, localhost:3000/path or http://host/.{hint}"
        )
    return url


def _shown(typed: str) -> str:
    """What was typed, in one line."""
    typed = " ".join(typed.split())
    return redact.url(typed if "://" in typed else f"://{typed}").removeprefix("://")


def _localhost(found: re.Match[str]) -> str:
    return f"localhost:{found[1]}" if found[1] else "localhost"


def _has_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port is not False
    except ValueError:
        return False


def with_query(url: str, pairs: list[tuple[str, str]]) -> str:
    """`url` with more query parameters."""
    if not pairs:
        return url
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(pairs))))
    return parts._replace(query=query).geturl()


def target_of(url: str) -> str:
    """What stands in a request line for `url`: its path and its query."""
    rest = (url.partition("://")[2] or url).partition("#")[0]
    slash = min((at for at in (rest.find("/"), rest.find("?")) if at >= 0), default=len(rest))
    target = rest[slash:]
    return target if target.startswith("/") else f"/{target}"


def shortened(url: str, room: int) -> str:
    """A URL in at most `room` characters: its beginning, and its end."""
    return url if len(url) <= room else f"{url[: room - 20]}…{url[-19:]}"


def link_to(url: str) -> str:
    """Where a browser finds a server of this machine: through the notebook's proxy on a Hub or Binder."""
    prefix = os.environ.get("JUPYTERHUB_SERVICE_PREFIX")
    parts = urlsplit(url)
    return f"{prefix}proxy/{parts.port or 80}{parts.path}" if prefix else url
