"""Bodies: JSON, text and bytes."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import islice
from typing import Any

from httpkit import jsonpath
from httpkit.body_changes import json_changes
from httpkit.changes import Words
from httpkit.decoding import DecodingError
from httpkit.exchange import Exchange
from httpkit.notebook.expected import described, fits

from .words import answered, because, quoted, sentences, short, shown_text, text_of


def json(exchange: Exchange, path: str, expected: Any, words: Words) -> str:
    """Why `path` does not lead to the value that is expected in the body. Raises NodeError ERR_JSON_PATH."""
    wanted = f"{path} to be {_wanted_json(path, expected, words)}"
    try:
        value = exchange.json()
    except (ValueError, RecursionError, DecodingError) as error:
        return sentences(f"Expected {wanted}, got a body that is not JSON.", _no_json(exchange, error, words))
    nodes = jsonpath.nodes(value, path)
    values = [node.value for node in nodes]
    if any(fits(each, expected) for each in values) or (len(values) > 1 and fits(values, expected)):
        return ""
    if not nodes:
        return sentences(f"Expected {wanted}, got no such value.", words.text(_nothing_at(value, path)))
    got = [words.json(node.parts, node.value) for node in nodes]
    shown = short(got[0]) if len(got) == 1 else f"{len(got)} other values, the first of which is {short(got[0])}"
    why = because(values[0], expected, words, *nodes[0].parts)
    return sentences(f"Expected {wanted}, got {shown}{why}.", _unlike_json(nodes[0], expected, words))


def _wanted_json(path: str, expected: Any, words: Words) -> str:
    if isinstance(expected, (str, int, float, list, dict)) or expected is None:
        # A secret in the check is one in the answer.
        parts = tuple(part.strip("'\"") for part in path.replace("[", ".").replace("]", "").split("."))
        try:
            return short(words.json(parts, expected))
        except (TypeError, ValueError):
            # Something in it is not of JSON.
            return short(described(expected))
    return described(expected)


def _nothing_at(value: Any, path: str) -> str:
    try:
        jsonpath.first(value, path)
    except LookupError as error:
        return f"{str(error.args[0]).rstrip('.')}."
    return ""


def _unlike_json(node: jsonpath.Node, expected: Any, words: Words) -> str:
    """What exactly is different, where that helps."""
    value = node.value
    if isinstance(expected, type) or callable(expected):
        return f"It is {jsonpath.kind_of(value)}."
    if isinstance(value, (dict, list)) and type(value) is type(expected):
        return _first_changes(node, expected, words)
    if not isinstance(expected, (str, int, float)) or jsonpath.kind_of(value) == jsonpath.kind_of(expected):
        return ""
    return f"It is {jsonpath.kind_of(value)}, not {jsonpath.kind_of(expected)}."


def _first_changes(node: jsonpath.Node, expected: Any, words: Words) -> str:
    try:
        changes = list(islice(json_changes("", node.parts, expected, node.value, words), 3))
    except (TypeError, ValueError):
        # Something in what is expected is not of JSON.
        return ""
    told = "; ".join(f"{each.where.strip()} is {each.after or 'missing'}" for each in changes)
    return f"The difference: {told}."


def _no_json(exchange: Exchange, error: Exception, words: Words) -> str:
    text, problem = text_of(exchange)
    if problem:
        return problem
    if not text:
        no_body = exchange.request.method == "HEAD" or exchange.status in {204, 304}
        return f"It is empty{', as it has to be for ' + answered(exchange, words) if no_body else ''}."
    kind = words.header("Content-Type", str(exchange.headers.get("content-type", "of no Content-Type")))
    begins = quoted(shown_text(exchange, text, words))
    return f"It is {kind} and begins {begins} ({error}). A server makes JSON with json.dumps(…)."


def text(exchange: Exchange, expected: Any, words: Words) -> str:
    """Why the body does not have the text that is expected."""
    got, problem = text_of(exchange)
    if problem:
        return problem
    if fits(got, expected, lambda value, part: str(part) in value):
        return ""
    shown = shown_text(exchange, got, words)
    has = (
        f"to have {quoted(words.text(expected))} in it" if isinstance(expected, str) else f"to be {described(expected)}"
    )
    return sentences(
        f"Expected the body {has}, got {quoted(shown) if got else 'an empty one'}{because(got, expected, words)}.",
        _nearly(shown, expected) if isinstance(expected, str) else "",
    )


def _nearly(got: str, expected: str) -> str:
    at = got.casefold().find(expected.casefold())
    if at >= 0:
        return f"It is there in other letters: {quoted(got[at : at + len(expected)])}."
    if " ".join(expected.split()) in " ".join(got.split()):
        return "It is there with other spaces or line ends."
    close = get_close_matches(expected, got.splitlines()[:1_000], 1)
    return f"Nearest is the line {quoted(close[0])}." if close else ""


def body(exchange: Exchange, expected: bytes) -> str:
    """Why the body is not what is expected, byte for byte, without its Content-Encoding."""
    try:
        got = exchange.content
    except DecodingError as error:
        return f"The body cannot be read: {error}"
    if got == expected:
        return ""
    pairs = enumerate(zip(got, expected, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(got), len(expected)))
    return f"Expected a body of {len(expected):,} bytes, got {len(got):,}, which differ from byte {at:,} on."
