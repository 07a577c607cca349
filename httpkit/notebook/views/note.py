"""What stands in a `.http` text and was not done."""

from __future__ import annotations

from httpkit.notebook.html import Html, card, tag
from httpkit.notebook.http_text import Note


def html(note: Note) -> Html:
    return card("Not done", tag("p", f"Line {note.line}: {note.message}", class_="httpkit-hint"))


def text(note: Note) -> str:
    return f"Line {note.line}: {note.message}"
