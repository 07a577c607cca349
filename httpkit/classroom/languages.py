"""The same in other words: content negotiation."""

from __future__ import annotations

from typing import Any

from .replies import Refusal, send_json, send_text
from .routes import Route

_GREETINGS = {"en": "Good day!", "de": "Guten Tag!", "es": "¡Buenos días!", "fr": "Bonjour !"}
_KINDS = ("application/json", "text/html", "text/plain")


def greeting(req: Any, res: Any) -> None:
    """A greeting in the language (en, de, es, fr) and the type (JSON, HTML, text) that the client prefers"""
    res.setHeader("Vary", "Accept, Accept-Language")
    language = preferred(req.headers.get("Accept-Language", "*"), tuple(_GREETINGS)) or "en"
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


def preferred(header: str, offered: tuple[str, ...]) -> str | None:
    """Which of what is offered the client likes best, the first of several that it likes as much; None for none.

    Source: RFC 9110 §12.5.1 and §12.5.4
    """
    likes = dict(map(_like, header.split(",")))

    def weight(each: str) -> float:
        return next((likes[pattern] for pattern in _patterns(each) if pattern in likes), 0.0)

    best = max(offered, key=weight)
    return best if weight(best) else None


def _patterns(offered: str) -> tuple[str, ...]:
    """What stands for it in a header, the most exact first: a weight of its own goes before that of a class."""
    major = offered.partition("/")[0]
    return (offered, f"{major}/*", "*/*") if "/" in offered else (offered, "*")


def _like(member: str) -> tuple[str, float]:
    """`de;q=0.8` and `de-CH;q=0.8` as ('de', 0.8); a weight that is none counts as 0."""
    name, _, parameters = member.strip().lower().partition(";")
    weight = 1.0
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                weight = float(value)
            except ValueError:
                weight = 0.0
    name = name.strip()
    return (name if "/" in name else name.partition("-")[0]), weight


ROUTES = (Route(("GET",), "/greeting", greeting, "/greeting"),)
