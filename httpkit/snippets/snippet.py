"""Snippet: a request as code, which is a text and knows its language."""

from __future__ import annotations


class Snippet(str):
    """Code; `language` is 'curl', 'python', 'node', 'httpie' or 'http'. Notebooks show it in colours."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, code: str, language: str) -> Snippet:
        snippet = super().__new__(cls, code)
        snippet.language = language
        return snippet
