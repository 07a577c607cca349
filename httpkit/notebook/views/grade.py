"""What held and what did not, of an exercise."""

from __future__ import annotations

from collections.abc import Iterator

from httpkit.notebook.expectations import Grade
from httpkit.notebook.html import Html, card, tag


def html(grade: Grade) -> Html:
    solved = "Solved: " if grade else ""
    count = tag("p", tag("b", f"{solved}{grade.points} of {grade.total}"), class_="httpkit-line")
    return card("Checks", count, *_parts_html(grade))


def _parts_html(grade: Grade) -> Iterator[Html]:
    for part in grade.parts or (grade,):
        if grade.parts:
            yield tag("p", tag("code", part.about), class_="httpkit-line")
        yield tag("ul", *_items_html(part), class_="httpkit-grade")


def _items_html(grade: Grade) -> Iterator[Html]:
    for each in grade.passed:
        yield tag("li", tag("b", "✓", class_="httpkit-ok"), tag("span", each))
    for each in grade.missed:
        yield tag("li", tag("b", "✗", class_="httpkit-no"), tag("span", each))


def text(grade: Grade) -> str:
    return "\n".join([f"{grade.points} of {grade.total}", *_lines(grade)])


def _lines(grade: Grade) -> Iterator[str]:
    for part in grade.parts or (grade,):
        if grade.parts:
            yield part.about
        yield from (f"✓ {each}" for each in part.passed)
        yield from (f"✗ {each}" for each in part.missed)
