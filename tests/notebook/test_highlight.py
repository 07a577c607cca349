"""Text in colours: nothing of it is lost, nothing becomes markup, and nothing fails."""

from __future__ import annotations

import random
import re
import subprocess
import sys

import pytest

from httpkit.notebook.highlight import MAX_TEXT, highlighted, language_of

from .test_html import HOSTILE, Tags

SAMPLES = {
    "application/xml": '<a href="x">1 &amp; <!-- note --></a>',
    "text/html": "<p class=x>hi<script>let a = 1 // x</script>",
    "text/css": "a:hover { color: #fff } /* note */",
    "text/javascript": "const a = async () => `x${1}` // note",
    "application/yaml": "a: 1\nb:\n  - 'x'\n",
    "application/toml": "[a]\nb = 1\nc = 'x'",
    "application/sql": "SELECT a, 1 FROM t WHERE x = 'y' -- note",
    "text/csv": 'a,b\n1,"x, y"\n-2.5,3rd',
    "application/x-www-form-urlencoded": "a=1&b=x%20y&c",
    "application/graphql": "query Q($a: Int = 1) { user(id: $a) }",
    "text/x-python": "def f(a: int) -> str:\n    return 'x' + 1",
    "text/x-http": '# note\n@host = h\nGET http://{{host}}/a HTTP/1.1\nAccept: x/y\n\n{"a": 1}',
    "text/x-sh": "curl -H 'A: b' | jq . # note",
    "application/json": '{"a": [1, null, "b"]}',
}


def colours(text: str, media_type: str) -> list[tuple[str, str]]:
    """The coloured pieces: which colour, and what."""
    found = re.findall(r'<span class="httpkit-(\w+)">([^<]*)</span>', highlighted(text, media_type))
    return [(colour, Tags(piece).text) for colour, piece in found]


@pytest.mark.parametrize("media_type", SAMPLES)
def test_every_language_has_colours_and_keeps_its_text(media_type: str) -> None:
    text = SAMPLES[media_type]
    assert colours(text, media_type)
    assert Tags(highlighted(text, media_type)).text == text


@pytest.mark.parametrize(
    ("media_type", "colour", "piece"),
    [
        ("application/json", "key", '"a"'),
        ("application/json", "string", '"b"'),
        ("application/json", "number", "1"),
        ("application/json", "word", "null"),
        ("application/yaml", "key", "a"),
        ("application/sql", "word", "SELECT"),
        ("application/sql", "dim", "-- note"),
        ("text/css", "key", "color"),
        ("application/x-www-form-urlencoded", "key", "a"),
        ("application/x-www-form-urlencoded", "string", "x%20y"),
        ("text/csv", "string", '"x, y"'),
        ("text/csv", "number", "-2.5"),
        ("text/x-http", "dim", "# note"),
        ("text/x-http", "word", "GET"),
        ("text/x-http", "number", "{{host}}"),
        ("text/x-http", "string", "http://"),
        ("text/x-http", "key", "Accept"),
    ],
)
def test_which_colour(media_type: str, colour: str, piece: str) -> None:
    assert (colour, piece) in colours(SAMPLES[media_type], media_type)


@pytest.mark.parametrize(
    ("media_type", "language"),
    [
        ("text/html; charset=utf-8", "html"),
        ("TEXT/CSS", "css"),
        ("image/svg+xml", "xml"),
        ("application/problem+json", "json"),
        ("text/plain", None),
        ("application/octet-stream", None),
        ("", None),
        ("nonsense", None),
    ],
)
def test_languages(media_type: str, language: str | None) -> None:
    assert language_of(media_type) == language


def test_what_has_no_language_is_plain() -> None:
    assert highlighted("a < 1", "text/plain") == "a &lt; 1"


@pytest.mark.parametrize("media_type", SAMPLES)
@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str, media_type: str) -> None:
    found = Tags(highlighted(text, media_type))
    assert set(found.tags) <= {"span"}
    assert set(found.attributes) <= {"class"}


@pytest.mark.parametrize("media_type", SAMPLES)
def test_nothing_is_lost_of_anything(media_type: str) -> None:
    chance = random.Random(media_type)
    for _ in range(20):
        text = "".join(chance.choices([*SAMPLES[media_type], *"\n\r\t\"'`<>&{}()[]#/*-=•é😀"], k=80))
        plain = Tags(highlighted(text, "")).text
        assert Tags(highlighted(text, media_type)).text == plain


@pytest.mark.parametrize("media_type", SAMPLES)
def test_line_ends_of_the_wire_are_line_ends(media_type: str) -> None:
    text = SAMPLES[media_type].replace("\n", "\r\n")
    assert Tags(highlighted(text, media_type)).text == SAMPLES[media_type]


def test_only_the_start_of_a_long_text_is_coloured() -> None:
    text = "1," * MAX_TEXT
    shown = highlighted(text, "text/csv")
    assert shown.count(">1<") == MAX_TEXT // 2
    assert Tags(shown).text == text


def test_a_lexer_that_fails_leaves_plain_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr("httpkit.notebook.highlight._lexer", fail)
    assert highlighted("<a>", "text/html") == "&lt;a&gt;"


def test_pygments_is_loaded_when_it_is_needed() -> None:
    program = "import sys, httpkit.notebook.highlight as h; h.language_of('text/css'); print('pygments' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
