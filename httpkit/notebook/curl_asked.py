"""What the flags of a curl command add up to, each noted as it comes; curl.py makes a request of it.

Templates are filled here, after it has been decided what a value is: none can become a flag or the name of a file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpkit import redact
from httpkit.headers import basic

from .curl_body import data_of, part_of, readable, urlencoded
from .curl_flags import Given
from .forms import Part
from .mistakes import Mistake
from .paths import path_of
from .templates import Names, fill_names

# As many redirects as curl follows if nothing is said.
_MAX_REDIRECTS = 50

_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9!#$%&'*+.^_`|~-]*")
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER = re.compile(r"(?P<name>[^:;\s]+)\s*(?::\s*(?P<value>.*?)|(?P<empty>;))\s*", re.DOTALL)


@dataclass
class Asked:
    """What a command asks for, but for how it is put together."""

    names: Names
    urls: list[str] = field(default_factory=list)
    method: str = ""
    # -G: the data goes into the URL. -I.
    is_get: bool = False
    is_head: bool = False
    headers: list[tuple[str, str]] = field(default_factory=list)
    # In lower case, the headers that were written or taken away: curl adds none of them by itself.
    named: set[str] = field(default_factory=set)
    implied: dict[str, str] = field(default_factory=lambda: {"Accept": "*/*"})
    cookies: list[str] = field(default_factory=list)
    cookie_files: list[Path] = field(default_factory=list)
    # None as long as there is none: `-d ''` is a body, too.
    data: list[bytes | Path] | None = None
    is_json: bool = False
    parts: list[Part] = field(default_factory=list)
    upload: Path | None = None
    query: list[str] = field(default_factory=list)
    # The fields of a Delivery.
    delivery: dict[str, Any] = field(default_factory=lambda: {"max_redirects": _MAX_REDIRECTS})
    certificate: str = ""
    key: str = ""
    proxy: str | None = None
    proxy_user: str = ""
    not_proxied: str = ""
    output: str = ""
    is_output_named_by_url: bool = False
    output_folder: str = ""
    # Off with -g.
    has_globs: bool = True


def note(asked: Asked, given: Given) -> None:
    """Add what a flag asks for. Raises Mistake, with the flag's offset."""
    try:
        _ACTIONS[given.name](asked, given.value)
    except Mistake as mistake:
        mistake.offset = given.at
        raise


def _set(name: str, value: object = True) -> Callable[[Asked, str], None]:
    return lambda asked, _: setattr(asked, name, value)


def _take(name: str) -> Callable[[Asked, str], None]:
    return lambda asked, typed: setattr(asked, name, fill_names(typed, asked.names))


def _imply(header: str, make: Callable[[str], str] = str) -> Callable[[Asked, str], None]:
    def act(asked: Asked, typed: str) -> None:
        asked.implied[header] = make(fill_names(typed, asked.names))

    return act


def _deliver(**options: object) -> Callable[[Asked, str], None]:
    return lambda asked, _: asked.delivery.update(options)


def _method(asked: Asked, typed: str) -> None:
    asked.method = fill_names(typed, asked.names)
    if not _METHOD.fullmatch(asked.method):
        raise Mistake(f"-X {redact.text(asked.method)} is no method. Expected -X GET, -X POST, -X PUT, …")


# --- headers


def _header(asked: Asked, typed: str) -> None:
    if typed.startswith("@"):
        path = readable(fill_names(typed[1:], asked.names), "-H @")
        for line in path.read_text("utf-8", "surrogateescape").splitlines():
            if line.strip():
                _add_header(asked, line, str)
    elif _HEADER.fullmatch(typed):
        _add_header(asked, typed, lambda text: fill_names(text, asked.names))
    else:
        _add_header(asked, fill_names(typed, asked.names), str)


def _add_header(asked: Asked, typed: str, filled: Callable[[str], str]) -> None:
    found = _HEADER.fullmatch(typed)
    if found is None:
        first = typed.split(maxsplit=1)[0] if typed.strip() else ""
        raise Mistake(f"-H “{first}…” is no header. Expected -H 'Name: value'; 'Name;' is for an empty value.")
    name, value = filled(found["name"]), filled(found["value"] or "")
    if not _NAME.fullmatch(name):
        raise Mistake(f"-H {name}: this cannot be the name of a header. Expected letters, digits and -, as in X-Name.")
    if re.search(r"[\r\n\0]", value):
        raise Mistake(f"-H {name}: a header is one line, and this has several. Leave the line breaks out.")
    asked.named.add(name.lower())
    if value or found["empty"]:
        asked.headers.append((name, value))


def _user(asked: Asked, typed: str) -> None:
    credentials = _credentials(fill_names(typed, asked.names), "-u")
    if not asked.implied.get("Authorization", "").startswith("Bearer "):
        asked.implied["Authorization"] = basic(credentials)


def _credentials(given: str, flag: str) -> str:
    user, colon, password = given.partition(":")
    if not colon:
        raise Mistake(
            f"{flag} has no password, and curl would ask for it. Write {flag} user:password, or user:{{{{password}}}} "
            "to have it filled from the notebook."
        )
    redact.remember(password)
    return f"{user}:{password}"


def _bearer(token: str) -> str:
    redact.remember(token)
    return f"Bearer {token}"


def _range(typed: str) -> str:
    return f"bytes={typed if '-' in typed else f'{typed}-'}"


def _cookie(asked: Asked, typed: str) -> None:
    value = fill_names(typed, asked.names)
    if "=" in value:
        asked.cookies.append(value)
    elif value and not path_of(value).is_file():
        # It may be a cookie's value: it is not shown.
        raise Mistake("-b has no =, and is no file of cookies that is there. Expected -b 'name=value' or -b FILE.")
    elif value:
        asked.cookie_files.append(readable(value, "-b"))


# --- bodies


def _data(flag: str) -> Callable[[Asked, str], None]:
    def act(asked: Asked, typed: str) -> None:
        more = data_of(flag, typed, asked.names)
        between: list[bytes | Path] = [b"&"] if asked.data is not None and flag != "json" else []
        asked.data = [*(asked.data or []), *between, more]
        asked.is_json = asked.is_json or flag == "json"

    return act


def _form(asked: Asked, typed: str) -> None:
    asked.parts.append(part_of(typed, asked.names))


def _form_string(asked: Asked, typed: str) -> None:
    asked.parts.append(part_of(typed, asked.names, is_string=True))


def _upload(asked: Asked, typed: str) -> None:
    asked.upload = readable(fill_names(typed, asked.names), "-T")


def _query(asked: Asked, typed: str) -> None:
    is_ready = typed.startswith("+")
    asked.query.append(
        fill_names(typed[1:], asked.names) if is_ready else urlencoded(typed, asked.names, "--url-query")
    )


# --- delivery


def _number(asked: Asked, typed: str, flag: str) -> float:
    value = fill_names(typed, asked.names)
    try:
        return float(value)
    except ValueError:
        raise Mistake(f"{flag} needs a number. Got {redact.text(value)}.") from None


def _max_time(asked: Asked, typed: str) -> None:
    asked.delivery["timeout"] = max(0.0, _number(asked, typed, "-m") * 1000)


def _connect_timeout(asked: Asked, typed: str) -> None:
    # What there is counts the whole exchange; -m sets that.
    _number(asked, typed, "--connect-timeout")


def _max_redirs(asked: Asked, typed: str) -> None:
    most = int(_number(asked, typed, "--max-redirs"))
    asked.delivery["max_redirects"] = most if most >= 0 else sys.maxsize


def _cacert(asked: Asked, typed: str) -> None:
    if asked.delivery.get("verify") is not False:
        asked.delivery["verify"] = str(readable(fill_names(typed, asked.names), "--cacert"))


def _cert(asked: Asked, typed: str) -> None:
    value = fill_names(typed, asked.names)
    path, colon, password = value.rpartition(":")
    if colon and not path_of(value).is_file() and path_of(path).is_file():
        redact.remember(password)
        raise Mistake(
            f"-E {path}:… has a password, which cannot be used here. Take it off the key, with openssl pkey say, and "
            "write --cert CERTIFICATE.pem --key KEY.pem."
        )
    asked.certificate = str(readable(value, "-E"))


def _key(asked: Asked, typed: str) -> None:
    asked.key = str(readable(fill_names(typed, asked.names), "--key"))


def _proxy_user(asked: Asked, typed: str) -> None:
    asked.proxy_user = _credentials(fill_names(typed, asked.names), "-U")


_ACTIONS: dict[str, Callable[[Asked, str], None]] = {
    "url": lambda asked, typed: asked.urls.append(typed),
    "globoff": _set("has_globs", False),
    "request": _method,
    "get": _set("is_get"),
    "head": _set("is_head"),
    "header": _header,
    "user-agent": _imply("User-Agent"),
    "referer": _imply("Referer", lambda url: url.removesuffix(";auto")),
    "range": _imply("Range", _range),
    "compressed": lambda asked, _: asked.implied.update({"Accept-Encoding": "deflate, gzip, br, zstd"}),
    "cookie": _cookie,
    "user": _user,
    "oauth2-bearer": _imply("Authorization", _bearer),
    "data": _data("data"),
    "data-ascii": _data("data-ascii"),
    "data-raw": _data("data-raw"),
    "data-binary": _data("data-binary"),
    "data-urlencode": _data("data-urlencode"),
    "json": _data("json"),
    "form": _form,
    "form-string": _form_string,
    "upload-file": _upload,
    "url-query": _query,
    "location": _deliver(follow=True),
    "location-trusted": _deliver(follow=True),
    "max-redirs": _max_redirs,
    "max-time": _max_time,
    "connect-timeout": _connect_timeout,
    "insecure": _deliver(verify=False),
    "cacert": _cacert,
    "cert": _cert,
    "key": _key,
    "proxy": _take("proxy"),
    "proxy-user": _proxy_user,
    "noproxy": _take("not_proxied"),
    "output": _take("output"),
    "output-dir": _take("output_folder"),
    "remote-name": _set("is_output_named_by_url"),
    "remote-name-all": _set("is_output_named_by_url"),
}
