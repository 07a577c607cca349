"""A request as a curl command. Source: https://curl.se/docs/manpage.html"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from httpkit.draft import MAX_REDIRECTS, Delivery, Draft

from .parts import METHODS_WITHOUT_BODY
from .shell import Word, argument, command, header_bytes, only_file, path_word, producer
from .shown import number, shown

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
# From 1 MiB on curl asks whether it may send the body.
_MAX_UNASKED = 1_000_000

Line = tuple[Word, ...]


def curl(draft: Draft, *, reveal: bool = False) -> str:
    """The request as a curl command for bash or zsh; its secrets are hidden unless `reveal` is True."""
    draft = shown(draft, reveal=reveal)
    piped, data = _data(draft)
    first = ("curl", *_method(draft, bool(data)), draft.url)
    globbing: Line = ("--globoff",) if set(draft.url) & set("[]{}") else ()
    lines = [first, globbing, *_headers(draft, data), *data, *_delivery(draft.delivery), _decoding(draft)]
    return command(lines, before=piped, notes=_notes(draft))


def _method(draft: Draft, has_data: bool) -> Line:
    if draft.method == "HEAD" and not has_data:
        return ("--head",)
    implied = "POST" if has_data else "GET"
    return () if draft.method == implied else ("-X", draft.method)


def _notes(draft: Draft) -> Iterator[str]:
    if draft.delivery.follow and draft.method not in {"GET", "HEAD", "POST"}:
        yield f"After a redirect with 303 curl sends {draft.method} again, where httpkit sends GET."


# --- the body


def _data(draft: Draft) -> tuple[str, list[Line]]:
    """The shell's part in front of the command, and the options."""
    parts = draft.payload.parts
    if not parts:
        return "", [] if draft.method in METHODS_WITHOUT_BODY else [("-d", "")]
    text, file = argument(parts), only_file(parts)
    if text is not None:
        return "", [("--json" if _is_json(draft, text) else "--data-raw", text)]
    if file is not None:
        return "", [("--data-binary", f"@{file}")]
    return f"{producer(parts)} | ", [("--data-binary", "@-")]


def _is_json(draft: Draft, text: str) -> bool:
    """Whether `--json` says the same: it brings both headers, and takes what begins with @ for a file."""
    kinds = [value for name, value in draft.raw_headers if name.lower() in {"content-type", "accept"}]
    both = draft.header("Content-Type") == draft.header("Accept") == _JSON
    return both and len(kinds) == 2 and not text.startswith("@")


# --- headers


def _headers(draft: Draft, data: list[Line]) -> Iterator[Line]:
    added = _added(draft, data)
    for name, value in draft.raw_headers:
        values = [each for other, each in draft.raw_headers if other.lower() == name.lower()]
        if values != [added.get(name.lower())]:
            yield ("-H", header_bytes(f"{name}: {value}" if value else f"{name};"))
    for name, value in added.items():
        # No Accept says the same as `*/*` (RFC 9110 section 12.5.1).
        if draft.header(name) is None and value != "*/*":
            yield ("-H", f"{name.title()}:")


def _added(draft: Draft, data: list[Line]) -> dict[str, str]:
    """The headers that curl adds by itself and that say something."""
    if not data:
        return {"accept": "*/*"}
    is_json = data[0][0] == "--json"
    added = {"accept": _JSON if is_json else "*/*", "content-type": _JSON if is_json else _FORM}
    return added if draft.payload.size < _MAX_UNASKED else {**added, "expect": "100-continue"}


# --- how it is sent


def _delivery(delivery: Delivery) -> Iterator[Line]:
    if delivery.timeout:
        yield ("--max-time", number(delivery.timeout / 1000))
    if delivery.idle:
        # In whole seconds, with less than a byte in each.
        yield ("--speed-time", str(ceil(delivery.idle / 1000)))
    if delivery.follow:
        yield ("--location",)
        if delivery.max_redirects != MAX_REDIRECTS:
            yield ("--max-redirs", str(delivery.max_redirects))
    if delivery.verify is False:
        yield ("--insecure",)
    elif isinstance(delivery.verify, str):
        yield ("--cacert", delivery.verify)
    if delivery.cert is not None:
        certificate, key = delivery.cert
        # What follows a colon would be the password.
        yield ("--cert", certificate.replace("\\", "\\\\").replace(":", "\\:"), "--key", key)
    if delivery.proxy is not None:
        yield ("--proxy", delivery.proxy)
    if delivery.download is not None:
        yield ("--output", path_word(delivery.download))


def _decoding(draft: Draft) -> Line:
    """curl asked for an encoding shows it as it comes; a file gets it as it comes here, too."""
    return ("--compressed",) if draft.header("Accept-Encoding") and draft.delivery.download is None else ()
