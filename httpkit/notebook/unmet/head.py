"""Statuses, headers and cookies."""

from __future__ import annotations

from functools import partial
from typing import Any

from httpkit.changes import Words
from httpkit.exchange import Exchange
from httpkit.notebook.expected import ANYTHING, described, fits
from httpkit.notebook.fields import field_of
from httpkit.notebook.html import plain
from httpkit.notebook.statuses import status_of

from .words import answered, because, listed, quoted, sentences, shown_text, similar, text_of

# Headers whose value is one thing: neither a list of members between commas nor something with parameters.
_WHOLE = frozenset(
    "content-location date etag expires if-modified-since last-modified location referer retry-after server".split()
)
_CASELESS = frozenset(
    "accept-ranges cache-control connection content-encoding content-type transfer-encoding upgrade vary".split()
)


def _about(name: str) -> str:
    """What a header says, where that is known."""
    field = field_of(name)
    return f"{name}: {plain(field.meaning)} ({field.spec})." if field else ""


# --- status


def is_status(status: int, expected: int | str) -> bool:
    """Whether a status is the one (201) or of the class ('2xx') that is expected."""
    return str(expected).lower() in {str(status), f"{status // 100}xx"}


def status(exchange: Exchange, expected: tuple[int | str, ...], words: Words) -> str:
    """Why the status is none of those expected."""
    got = exchange.status
    if any(is_status(got, each) for each in expected):
        return ""
    wanted = " or ".join(_named_status(each) for each in expected)
    if not got:
        return f"Expected status {wanted}, got no response: the request failed or was cut off before one came."
    known = status_of(got)
    return sentences(
        f"Expected status {wanted}, got {answered(exchange, words)}: {plain(known.meaning)}.",
        _likely(exchange, expected, words) or plain(known.advice),
        _said(exchange, words),
    )


def _named_status(expected: int | str) -> str:
    return f"{expected} {status_of(int(expected)).reason}".strip() if str(expected).isdecimal() else str(expected)


def _likely(exchange: Exchange, expected: tuple[int | str, ...], words: Words) -> str:
    """What is to be done in cases where the exchange itself tells; '' in others."""
    got, headers = exchange.status, exchange.headers
    location = words.header("Location", str(headers.get("location", "")))
    wants = {str(each)[0] for each in expected}
    if got // 100 == 3 and location and "3" not in wants:
        return f"It leads to {location}: send the request with follow=True (%http --follow) to go there."
    if exchange.redirects and "3" in wants:
        count = len(exchange.redirects)
        return f"Redirects were followed, {count} of them: exchange.redirects[0] is the first answer."
    if got == 405 and headers.get("allow"):
        return f"This URL takes {words.text(str(headers['allow']))}, the request was {exchange.request.method}."
    if got == 401 and headers.get("www-authenticate"):
        return f"The server asks for {words.header('WWW-Authenticate', str(headers['www-authenticate']))}."
    if got in {429, 503} and headers.get("retry-after"):
        return f"Try again in {words.text(str(headers['retry-after']))} (Retry-After)."
    if got == 200 and wants <= {"4", "5"}:
        code = expected[0] if str(expected[0]).isdecimal() else f"{str(expected[0])[0]}00"
        return f"A handler that says nothing else answers 200: res.statusCode = {code}, before it ends."
    return _WRONG_SUCCESS.get((str(expected[0]), got), "")


_WRONG_SUCCESS = {
    ("201", 200): "If something new was made, the handler says so: res.statusCode = 201, and its URL in Location.",
    ("204", 200): "If there is nothing to send back, the handler says so: res.statusCode = 204, and res.end() alone.",
    ("200", 201): "Something new was made: if that is right, expect 201, or '2xx' for any success.",
    ("200", 204): "There is no body: if that is right, expect 204, or '2xx' for any success.",
}


def _said(exchange: Exchange, words: Words) -> str:
    """What the body of an error says."""
    text, _ = text_of(exchange)
    return (
        f"The body says {quoted(shown_text(exchange, text, words))}." if exchange.status >= 400 and text.strip() else ""
    )


# --- headers


def header(exchange: Exchange, name: str, expected: Any, words: Words) -> str:
    """Why no header `name` has the value that is expected."""
    pairs = exchange.response.raw_headers
    values = [value for each, value in pairs if each.lower() == name.lower()]
    wanted = (
        f"the header {name}" if expected is ANYTHING else f"the header {name} to be {_wanted(name, expected, words)}"
    )
    if not values:
        return _no_header(exchange, name, wanted, words)
    if any(fits(value, expected, partial(_is_header, name.lower())) for value in (*values, ", ".join(values))):
        return ""
    got = ", ".join(words.header(name, value) for value in values)
    return sentences(
        f"Expected {wanted}, got {_unlike(got, wanted)}{because(values[0], expected, words, name)}.", _about(name)
    )


def _wanted(name: str, expected: Any, words: Words) -> str:
    return words.header(name, described(expected)) if isinstance(expected, str) else described(expected)


def _unlike(got: str, wanted: str) -> str:
    return f"another value, {got}" if got and wanted.endswith(got) else got or "an empty one"


def _no_header(exchange: Exchange, name: str, wanted: str, words: Words) -> str:
    names = [each for each, _ in exchange.response.raw_headers]
    in_request = name in exchange.request.headers
    return sentences(
        f"Expected {wanted}, got a response without it ({answered(exchange, words)}).",
        _about(name),
        # Of one that exists it is not the name that is wrong.
        "" if field_of(name) else similar(name, names),
        "The request has it, the response has not." if in_request else "",
        f"There are: {listed(names, words)}.",
        f"A server sets it before it answers: res.setHeader('{name}', …).",
    )


def _is_header(name: str, value: str, expected: Any) -> bool:
    members = [value] if name in _WHOLE else [value, *value.split(",")]
    if name not in _WHOLE and ";" not in str(expected):
        members += [member.partition(";")[0] for member in members]
    return _normal(name, str(expected)) in {_normal(name, member) for member in members}


def _normal(name: str, value: str) -> str:
    value = "; ".join(part.strip() for part in value.split(";")) if name not in _WHOLE else value.strip()
    return value.lower() if name in _CASELESS else value


def no_header(exchange: Exchange, name: str, words: Words) -> str:
    """Why there is a header that should not be."""
    value = exchange.headers.get(name)
    if value is None:
        return ""
    values = value if isinstance(value, list) else [value]
    got = ", ".join(words.header(name, each) for each in values)
    return sentences(
        f"Expected no header {name}, got {got}.",
        _about(name),
        f"A server takes it away with res.removeHeader('{name}').",
    )


def cookie(exchange: Exchange, name: str, expected: Any, words: Words) -> str:
    """Why the response sets no such cookie."""
    pairs = [line.partition(";")[0].partition("=") for line in exchange.headers.get("set-cookie", ())]
    cookies = {key.strip(): value.strip() for key, _, value in pairs}
    if name not in cookies:
        there = f"It sets: {listed(cookies, words)}."
        sent = "The request sends one of that name, which is another matter. " if _sends(exchange, name) else ""
        return sentences(
            f"Expected the response to set the cookie {name}, got none of that name.", similar(name, cookies), there,
            f"{sent}A server sets one with res.setHeader('Set-Cookie', '{name}=…; HttpOnly').",
        )  # fmt: skip
    if fits(cookies[name], expected):
        return ""
    shown = cookies[name] if words.veil.reveal else "another value, which is hidden as cookies are secrets"
    why = because(cookies[name], expected, words, "cookie")
    return f"Expected the cookie {name} to be what was given, got {shown}{why}."


def _sends(exchange: Exchange, name: str) -> bool:
    sent = str(exchange.request.headers.get("cookie", ""))
    return any(pair.partition("=")[0].strip() == name for pair in sent.split(";"))
