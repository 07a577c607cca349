"""The same in other words: content negotiation."""

from __future__ import annotations

import re
from typing import Any

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


def preferred(header: str, offered: tuple[str, ...], *, by_prefix: bool = False) -> str | None:
    """Which of what is offered the client likes best, the first of several that it likes as much; None for none.

    `by_prefix`: `de-CH` likes 'de', too. Source: RFC 9110 §12.5.1, §12.5.3 and §12.5.4
    """
    likes = [_like(member) for member in header.split(",")]

    def weight(each: str) -> float:
        # The most exact member counts: one of its own goes before that of a class, and that before any.
        patterns = [
            each,
            f"{each}-",
            f"{each.partition('/')[0]}/*" if "/" in each else "",
            "*/*" if "/" in each else "*",
        ]
        for at, pattern in enumerate(patterns):
            is_prefix = at == 1
            if pattern and (by_prefix or not is_prefix):
                found = [q for name, q in likes if (name.startswith(pattern) if is_prefix else name == pattern)]
                if found:
                    return max(found)
        return 0.0

    best = max(offered, key=weight)
    return best if weight(best) else None


_QUALITY = re.compile(r"(?:^|;)\s*q=([^;]*)")
_WEIGHT = re.compile(r"0(?:\.\d{0,3})?|1(?:\.0{0,3})?")


def _like(member: str) -> tuple[str, float]:
    """`de;q=0.8` as ('de', 0.8); a weight that is none counts as 0."""
    name, _, parameters = member.strip().lower().partition(";")
    quality = _QUALITY.search(parameters)
    if quality is None:
        return name.strip(), 1.0
    weight = quality[1].strip()
    return name.strip(), float(weight) if _WEIGHT.fullmatch(weight) else 0.0


ROUTES = (Route(("GET",), "/greeting", greeting, "/greeting"),)
