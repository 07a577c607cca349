"""A request as an HTTPie command. Source: https://httpie.io/docs/cli"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from httpkit import redact
from httpkit.draft import MAX_REDIRECTS, Delivery, Draft

from .shell import Word, argument, command, header_bytes, only_file, path_word, producer, quoted
from .shown import number, shown

_JSON = "application/json"
_ANYTHING = "*/*"
_PREFERS_JSON = "application/json, */*;q=0.5"

# A name that means no path into nested JSON, and begins no option.
_NAME = re.compile(r"[^\W\d][\w.-]*")
# A backslash in front of a separator is taken away, and none can bring it back.
_LOST_BACKSLASH = re.compile(r"(?<!\\)(?:\\\\)*\\[:;=@]")
# The characters of a target that HTTPie leaves alone, besides those that are never encoded.
_STAY = "!$%&'()*+,/:;=?@~"

Line = tuple[Word, ...]


def httpie(draft: Draft, *, reveal: bool = False) -> str:
    """The request as an HTTPie command for bash or zsh; its secrets are hidden unless `reveal` is True."""
    draft = shown(draft, reveal=reveal)
    before, after, options, items = _body(draft)
    url, login = _without_login(draft.url)
    is_piped = bool(before or after)
    lines = [
        ("http", *(() if is_piped else ("--ignore-stdin",)), *login, draft.method, url),
        *_headers(draft),
        *items,
        *options,
        *_delivery(draft.delivery),
    ]
    return command(lines, before=before, after=after, notes=_notes(draft))


def _without_login(url: str) -> tuple[str, Line]:
    """HTTPie takes the login of a URL as it is spelled; with --auth it is what it stands for."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ()
    name, _, password = user.partition(":")
    return parts._replace(netloc=host).geturl(), ("--auth", f"{unquote(name)}:{unquote(password)}")


def _notes(draft: Draft) -> Iterator[str]:
    if _is_respelled(draft.url.replace(redact.HIDDEN, "")):
        yield "HTTPie spells parts of this URL in its own way."
    for name, value in draft.raw_headers:
        if not _can_be_sent(value):
            yield f"HTTPie cannot send this value of {name}, which is left out."
        elif name.startswith("-"):
            yield f"HTTPie takes {name} for an option: it is left out."


def _is_respelled(url: str) -> bool:
    """Whether the target arrives in another spelling, which only means the same to most servers."""
    target = urlsplit(url)._replace(scheme="", netloc="").geturl()
    undone = re.sub("%([0-9a-fA-F]{2})?", lambda found: _respelled_escape(found[1]), target)
    return quote(undone, safe=_STAY) != target or urlsplit(url).path.startswith("//")


def _respelled_escape(digits: str | None) -> str:
    if digits is None:
        return "%25"
    character = chr(int(digits, 16))
    return character if character.isascii() and (character.isalnum() or character in "-._~") else f"%{digits.upper()}"


# --- the body


def _body(draft: Draft) -> tuple[str, str, list[Line], list[Line]]:
    """What stands before and behind the command, its options, and the items of the body."""
    parts = draft.payload.parts
    chunked: list[Line] = [("--chunked",)] if parts and _is_chunked(draft) else []
    if not parts:
        return "", "", [], []
    text, file = argument(parts), only_file(parts)
    if text is not None:
        items = _items(text)
        return "", "", chunked if items else [(f"--raw={text}",), *chunked], items
    if file is not None:
        return "", f" < {quoted(file)}", chunked, []
    return f"{producer(parts)} | ", "", chunked, []


def _is_chunked(draft: Draft) -> bool:
    return (draft.header("Transfer-Encoding") or "").lower() == "chunked"


def _items(text: str) -> list[Line]:
    """The members of a JSON object, one a line, where HTTPie makes the same text of them again; else none."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    is_flat = isinstance(value, dict) and not any(isinstance(member, (dict, list)) for member in value.values())
    if not is_flat or not all(map(_NAME.fullmatch, value)) or json.dumps(value) != text:
        return []
    return [(_item(name, member),) for name, member in value.items()]


def _item(name: str, value: Any) -> str:
    is_text = isinstance(value, str) and value.isprintable() and "\\" not in value and value[:1] not in {"=", "@"}
    return f"{name}={value}" if is_text else f"{name}:={json.dumps(value)}"


# --- headers


def _headers(draft: Draft) -> Iterator[Line]:
    has_body = bool(draft.payload.parts)
    # What it accepts as an encoding depends on what is installed.
    added: dict[str, str | None] = {"accept": _PREFERS_JSON if has_body else _ANYTHING, "accept-encoding": None}
    if has_body:
        added["content-type"] = _JSON
    for name, value in draft.raw_headers:
        values = [each for other, each in draft.raw_headers if other.lower() == name.lower()]
        if values == [added.get(name.lower())] or name.startswith("-") or _is_option(draft, name):
            continue
        if _can_be_sent(value):
            yield (header_bytes(_header(name, value)),)
    for name, by_itself in added.items():
        # No Accept says the same as `*/*` (RFC 9110 section 12.5.1).
        if draft.header(name) is None and by_itself != _ANYTHING:
            yield (f"{name.title()}:",)


def _is_option(draft: Draft, name: str) -> bool:
    return name.lower() == "transfer-encoding" and _is_chunked(draft)


def _header(name: str, value: str) -> str:
    if not value:
        return f"{name};"
    # `:=` and `:@` are other separators.
    return f"{name}:\\{value}" if value[0] in "=@" else f"{name}:{value}"


def _can_be_sent(value: str) -> bool:
    try:
        header_bytes(value).decode()
    except UnicodeDecodeError:
        return False
    return _LOST_BACKSLASH.search(value) is None


# --- how it is sent


def _delivery(delivery: Delivery) -> Iterator[Line]:
    if limit := delivery.idle or delivery.timeout:
        # HTTPie knows only how long nothing may come.
        yield ("--timeout", number(limit / 1000))
    if delivery.follow:
        yield ("--follow",)
        if delivery.max_redirects != MAX_REDIRECTS:
            # HTTPie counts the responses, of which the last is none.
            yield ("--max-redirects", str(delivery.max_redirects + 1))
    if delivery.verify is not True:
        yield ("--verify", delivery.verify or "no")
    if delivery.cert is not None:
        yield ("--cert", delivery.cert[0], "--cert-key", delivery.cert[1])
    if delivery.proxy is not None:
        yield ("--proxy", f"http:{delivery.proxy}", "--proxy", f"https:{delivery.proxy}")
    if delivery.download is not None:
        # Not --download: that would follow redirects and ask for another encoding.
        yield ("--output", path_word(delivery.download))
