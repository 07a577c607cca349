"""Nothing that came over the wire becomes markup, or acts on a terminal."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from httpkit.notebook.html import card, escaped, folded, link, plain, prose, table, tag, visible

HOSTILE = [
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "</pre></section><iframe>",
    "<!--",
    "&lt;b&gt;",
    "\x00<svg/onload=1>",
]


class Tags(HTMLParser):
    """The elements of a document, and all of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(name)
        self.attributes += [key for key, _ in attributes]

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    @property
    def words(self) -> str:
        """The text as it is read: the pieces apart, and no line breaks."""
        return " ".join(" ".join(self.pieces).split())


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    for html in (
        tag("p", text),
        tag("p", title=text),
        link(text, text),
        folded(text, text),
        table(text, [text], [[text]]),
    ):
        found = Tags(html)
        assert not {"script", "img", "iframe", "svg"} & set(found.tags)
        assert not [name for name in found.attributes if name.startswith("on")]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_shown_as_it_is(text: str) -> None:
    assert Tags(escaped(text)).text == text.replace("\x00", "␀")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc", "a\nb\tc"),
        ("\x1b[31mred\x07", "␛[31mred␇"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egnp.exe", "a\\u202egnp.exe"),
        ("\ud800", "\\ud800"),
        ("grüße 日本 😀", "grüße 日本 😀"),
    ],
)
def test_what_would_act_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_elements() -> None:
    assert tag("p", "a", 1, class_="b", aria_label="c") == '<p class="b" aria-label="c">a1</p>'
    assert tag("img", src="x", alt="") == '<img src="x" alt="">'
    assert tag("details", open=False, title=None) == "<details></details>"
    assert tag("details", open=True) == "<details open></details>"
    assert tag("p", tag("b", "<")) == "<p><b>&lt;</b></p>"


def test_prose() -> None:
    assert prose("set `Content-Type`, not <this>") == "set <code>Content-Type</code>, not &lt;this&gt;"
    assert plain("set `Content-Type`") == "set Content-Type"


def test_a_card_brings_its_style_and_says_what_it_is() -> None:
    shown = card('a "label"', "text")
    assert shown.startswith(
        '<section class="httpkit mathjax_ignore tex2jax_ignore" aria-label="a &quot;label&quot;"><style>'
    )
    assert shown.endswith("</style>text</section>")
    assert "/*" not in shown
    assert "\n" not in shown
