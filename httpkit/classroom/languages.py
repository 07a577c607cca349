"""The same in other words: content negotiation."""

from __future__ import annotations

from typing import Any

from .negotiation import preferred
from .replies import Refusal, send_json, send_text
from .routes import Route

_GREETINGS = {"en": "Good day!", "de": "Guten Tag!", "es": "¡Buenos días!", "fr": "Bonjour !"}
_KINDS = ("application/json", "text/html", "text/plain")


def greeting(req: Any, res: Any) -> None:
    """A greeting in the language (en, de, es, fr) and the type (JSON, HTML, text) that the client prefers"""
    res.setHeader("Vary", "Accept, Accept-Language")
    language = preferred(req.headers.get("Accept-Language", "*"), tuple(_GREETINGS), by_prefix=True) or "en"
    kind = preferred(req.headers.get("Accept", "*/*"), _KINDS)
    if kind is None:
        raise Refusal(406, f"Expected Accept with one of {', '.join(_KINDS)}.")
    res.setHeader("Content-Language", language)
    words = _GREETINGS[language]
    if kind == "application/json":
        send_json(res, {"greeting": words, "language": language})
    elif kind == "text/html":
        send_text(res, f'<!doctype html>\n<p lang="{language}">{words}</p>\n', kind="text/html; charset=utf-8")
    else:
        send_text(res, words + "\n")


ROUTES = (Route(("GET",), "/greeting", greeting, "/greeting"),)
