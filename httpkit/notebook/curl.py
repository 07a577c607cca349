"""A `curl` command, pasted from a browser, a tool or a page, as the request that curl would send.

    curl 'https://api.example.com/people' -H 'Authorization: Bearer {{token}}' -d '{"name": "Ann"}'

Quotes are read as bash or cmd reads them (shell_words.py), flags as curl 7.88 does (curl_flags.py); nothing is run.
What curl adds by itself is added, but for its User-Agent. `--location-trusted` is taken as `-L`: credentials do not
travel to another origin.

Source: https://curl.se/docs/manpage.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from httpkit import redact
from httpkit.draft import Delivery, Draft
from httpkit.messages import Pairs
from httpkit.payload import Payload

from .cookie_file import cookies_for
from .curl_asked import Asked, note
from .curl_body import as_bytes
from .curl_flags import given_in
from .forms import URLENCODED, multipart
from .mistakes import Mistake
from .paths import path_of
from .shell_words import words_of
from .templates import fill_names, hide, reveal
from .urls import expand

# After lines that are comments or empty, and the sign of a prompt.
_CURL = re.compile(
    r"(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]*(?:[$%][ \t]+)?(?:[\w./\\:-]*[/\\])?curl(?:\.exe)?(?=\s+[^=\s]|\s*\Z)"
)
_PROXY = re.compile(r"(?:(?P<scheme>\w+)://)?(?:(?P<user>[^/@]*)@)?(?P<host>\[[^\]]*\]|[^:/@]+)(?::(?P<port>\d+))?/?")
# What curl would make several URLs of; brackets with anything else in them stay.
_GLOB = re.compile(r"\{[^{}]*\}|\[(?:\d+-\d+|[a-z]-[a-z]|[A-Z]-[A-Z])(?::\d+)?\]")
_LIKE_A_URL = re.compile(r"\w+://|[\w.-]+(?:\.\w+|:\d+)(?:[/?#]|\Z)|localhost\b|[/:]")

# The order in which curl sends what it adds by itself, or was told to with a flag of its own.
_IMPLIED = ("Authorization", "Range", "User-Agent", "Accept", "Accept-Encoding", "Referer", "Cookie")
_NOWHERE = ("-", "/dev/null", "nul")


def is_curl(text: str) -> bool:
    """Whether a text is a curl command: its first word is `curl`, after a prompt perhaps."""
    return _CURL.match(text) is not None


def parse_curl(command: str, namespace: Mapping[str, Any] | None = None) -> Draft:
    """The request that a curl command describes, its templates filled with names of `namespace`.

    It waits 30 s for the answer unless `-m` says otherwise. Raises Mistake, where possible with its offset.
    """
    found = _CURL.match(command)
    if found is None:
        raise Mistake("This is no curl command. Expected something like curl http://localhost:3000/ -d name=Ann.")
    if reveal(command) != command:
        # They would pass for a {{…}} that nobody has written.
        raise Mistake("The command has characters from U+E000 to U+E07F, which mean nothing here. Leave them out.")
    asked = Asked(namespace or {})
    try:
        for given in given_in(words_of(hide(command), found.end())):
            note(asked, given)
        return _draft(asked)
    except Mistake as mistake:
        mistake.args = (_one_line(str(mistake)),)
        raise
    except UnicodeEncodeError:
        raise Mistake("Bytes that are no UTF-8 can stand in a body or a header, and nowhere else.") from None


def _one_line(message: str) -> str:
    """What was typed may have line breaks in it, or bytes that nobody can print."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", message).encode(errors="backslashreplace").decode()


def _draft(asked: Asked) -> Draft:
    _check_one_body(asked)
    url = _url(asked)
    payload, more = _body(asked)
    # A form's is among `more`.
    written = [pair for pair in asked.headers if not (asked.parts and pair[0].lower() == "content-type")]
    headers = [*_implied(asked, url), *written, *more]
    wire = tuple((name, as_bytes(value).decode("latin-1")) for name, value in headers)
    return Draft(_method(asked), url, wire, payload, _delivery(asked, url))


def _check_one_body(asked: Asked) -> None:
    flags = {
        "-d": asked.data is not None and not asked.is_get,
        "-F": bool(asked.parts),
        "-T": asked.upload is not None,
        "-G": asked.is_get and bool(asked.parts or asked.upload),
        "-I": asked.is_head and not asked.is_get,
    }
    chosen = [flag for flag, is_given in flags.items() if is_given]
    if len(chosen) > 1:
        raise Mistake(f"{' and '.join(chosen)} ask for different requests. Leave out all but one.")


def _method(asked: Asked) -> str:
    if asked.method:
        return asked.method
    if asked.is_head:
        return "HEAD"
    if asked.upload:
        return "PUT"
    return "POST" if asked.parts or (asked.data is not None and not asked.is_get) else "GET"


# --- the URL


def _url(asked: Asked) -> str:
    typed = _only(asked.urls)
    if asked.has_globs and (glob := _GLOB.search(typed)):
        raise Mistake(
            f"curl would make several URLs of {glob[0]}. To send it as it is, add -g; else write out one URL."
        )
    url = expand(fill_names(typed, asked.names))
    parts = urlsplit(url)
    if asked.upload and (not parts.path or parts.path.endswith("/")):
        parts = parts._replace(path=f"{parts.path or '/'}{quote(asked.upload.name)}")
    if query := _query(asked):
        between = "&" if parts.query and not parts.query.endswith("&") else ""
        parts = parts._replace(query=f"{parts.query}{between}{query}")
    url = url if parts == urlsplit(url) else parts.geturl()
    # Raises what parse_curl explains.
    url.encode()
    return url


def _only(urls: list[str]) -> str:
    if not urls:
        raise Mistake("The command has no URL. Expected something like curl http://localhost:3000/ -d name=Ann.")
    if len(urls) == 1:
        return urls[0]
    alike = [redact.url(reveal(url)) for url in urls if _LIKE_A_URL.match(url)]
    if len(alike) == len(urls):
        raise Mistake(f"There are {len(urls)} URLs: {', '.join(alike)}. One request has one: paste a command for each.")
    # What is not like a URL may be half of a header, and secret.
    raise Mistake(
        "There are words that belong to no flag and are not like a URL. Does a value with spaces lack its quotes? "
        "Expected -H 'Name: value'."
    )


def _query(asked: Asked) -> str:
    if asked.is_get and asked.data:
        return Payload(*asked.data).read().decode("utf-8", "surrogateescape")
    return "&".join(asked.query)


# --- headers and body


def _implied(asked: Asked, url: str) -> Iterator[tuple[str, str]]:
    """What curl adds by itself."""
    implied = asked.implied | {"Cookie": _cookies(asked, url)}
    for name in _IMPLIED:
        is_left_to_json = name == "Accept" and asked.is_json
        if implied.get(name) and name.lower() not in asked.named and not is_left_to_json:
            yield name, implied[name]


def _cookies(asked: Asked, url: str) -> str:
    of_files: list[str] = []
    for path in asked.cookie_files:
        try:
            of_files += cookies_for(path.read_text("utf-8", "surrogateescape"), url)
        except ValueError as error:
            raise Mistake(f"-b {path} is no file of cookies: {error}.") from None
    return "; ".join([*of_files, *([";".join(asked.cookies)] if asked.cookies else [])])


def _body(asked: Asked) -> tuple[Payload, Pairs]:
    """The body, and the headers that follow those that were written."""
    if asked.parts:
        return _form(asked)
    added: dict[str, str] = {}
    if asked.is_json:
        added = {"Content-Type": "application/json", "Accept": "application/json"}
    elif asked.data is not None and not asked.is_get:
        added = {"Content-Type": URLENCODED}
    pieces = [asked.upload] if asked.upload else [] if asked.is_get else asked.data or []
    return Payload(*pieces), tuple(pair for pair in added.items() if pair[0].lower() not in asked.named)


def _form(asked: Asked) -> tuple[Payload, Pairs]:
    """A form's boundary becomes part of the media type that was written, as `multipart/form-data` often is."""
    written = next((value for name, value in asked.headers if name.lower() == "content-type"), "")
    boundary = re.search(r'boundary="?([^";,\s]+)', written)
    payload, media_type = multipart(asked.parts, boundary[1] if boundary else None)
    parameters = media_type.partition(";")[2]
    return payload, (("Content-Type", f"{written.partition(';')[0]};{parameters}" if written else media_type),)


# --- delivery


def _delivery(asked: Asked, url: str) -> Delivery:
    certificate = (asked.certificate, asked.key or asked.certificate) if asked.certificate else None
    return Delivery(**asked.delivery, cert=certificate, proxy=_proxy(asked, url), download=_download(asked, url))


def _proxy(asked: Asked, url: str) -> str | None:
    """The URL of the proxy; '' for none, whatever the environment says."""
    host = urlsplit(url).hostname or ""
    spared = [each.strip().lstrip(".").lower() for each in asked.not_proxied.split(",") if each.strip()]
    if asked.proxy == "" or any(each in ("*", host) or host.endswith(f".{each}") for each in spared):
        return ""
    return _proxy_url(asked.proxy, asked.proxy_user) if asked.proxy else None


def _proxy_url(typed: str, credentials: str) -> str:
    found = _PROXY.fullmatch(typed)
    if found is None or (found["scheme"] or "http").lower() not in ("http", "https"):
        raise Mistake(f"-x {redact.url(typed)} is no proxy that can be used here. Expected -x http://HOST:PORT.")
    scheme = (found["scheme"] or "http").lower()
    user = ":".join(quote(part, safe="") for part in credentials.split(":", 1)) or found["user"]
    port = found["port"] or (443 if scheme == "https" else 1080)
    return f"{scheme}://{f'{user}@' if user else ''}{found['host']}:{port}"


def _download(asked: Asked, url: str) -> Path | None:
    name = asked.output
    if asked.is_output_named_by_url and not name:
        name = urlsplit(url).path.rpartition("/")[2]
        if name in ("", ".", ".."):
            raise Mistake("-O names the file as the URL's path ends, and this one ends with no name. Write -o FILE.")
    if not name or name.lower() in _NOWHERE:
        return None
    path = path_of(str(Path(asked.output_folder, name)))
    if not path.parent.is_dir():
        raise Mistake(f"There is no folder {path.parent} to save {path.name} in. Make it first.")
    return path
