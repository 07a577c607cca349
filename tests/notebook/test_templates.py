"""What `{{…}}` stands for."""

from __future__ import annotations

from collections import ChainMap
from pathlib import Path
from typing import Any

import pytest

from httpkit import redact
from httpkit.exchange import Exchange
from httpkit.messages import ReceivedResponse, SentRequest
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.templates import HIDDEN, evaluate, fill, hide, only_value, reveal
from httpkit.payload import Payload

LOGIN = Exchange(
    SentRequest("POST", "http://h/", ()), ReceivedResponse(200, "OK", "1.1", (), Payload(b'{"token": "t-1"}'))
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "{{a}}",
        "a {{ b + 1 }} c",
        "{{a}}{{b}}",
        "{{}}",
        "{{a",
        "a}}",
        "{ {a} }",
        "{{{a}}}",
        "{{é}}",
        "{{\n}}",
    ],
)
def test_hidden_texts_come_back(text: str) -> None:
    hidden = hide(text)
    assert reveal(hidden) == text
    assert len(hidden) == len(text)


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        ("{{a b}}", ""),
        ("x {{'a b'}} y", "x  y"),
        ("{{a}} {{b}}", " "),
        # The first }} ends it.
        ("{{a}}}}", "}}"),
        ("{{}}", "{{}}"),
        ("{{a", "{{a"),
        ("{{\n}}", "{{\n}}"),
    ],
)
def test_what_is_no_expression_stays(text: str, visible: str) -> None:
    assert "".join(character for character in hide(text) if not "\ue000" <= character <= "\ue07f") == visible


@pytest.mark.parametrize("text", ["\ue000", "a\ue07f", "{{\ue041}}"])
def test_hidden_characters_are_refused(text: str) -> None:
    with pytest.raises(Mistake) as raised:
        hide(text)
    at = next(at for at, character in enumerate(text) if "\ue000" <= character <= "\ue07f")
    assert str(raised.value) == (f"Character U+{ord(text[at]):04X} cannot stand in a request: it belongs to nobody.")
    assert raised.value.offset == at


NAMES: dict[str, Any] = {
    "a": 1,
    "name": "Ann",
    "items": [1, 2],
    "base-url": "http://h",
    "a.b": "dotted",
    "login": LOGIN,
    "f": lambda: "called",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{a}}", "1"),
        ("{{ a }}|{{name}}", "1|Ann"),
        ("{{a + 1}}{{items[1]}}", "22"),
        ("{{[i * a for i in items]}}", "[1, 2]"),
        ("{{(lambda x: x + a)(1)}}", "2"),
        ("{{len(name)}}", "3"),
        ("{{f()}}", "called"),
        ("{{base-url}}/", "http://h/"),
        ("{{a.b}}", "dotted"),
        ("{{name.upper()}}", "ANN"),
        ("{{login.status}}", "200"),
        ("{{login.response.body.$.token}}", "t-1"),
        ("{{$randomInt 3 4}}", "3"),
        ("{{None}}", "null"),
        ("{{[None, True]}}", "[null, true]"),
        ('{{ {"a": 1 < 2} }}', '{"a": true}'),
        ("plain {{}}", "plain {{}}"),
    ],
)
def test_fill(text: str, value: str) -> None:
    assert fill(hide(text), NAMES) == value
    assert fill(hide(text), ChainMap({}, NAMES)) == value


def test_only_values_keep_their_type() -> None:
    assert only_value(hide("{{items}}"), NAMES) == ([1, 2],)
    assert only_value(hide("{{ a }}"), NAMES) == (1,)
    assert only_value(hide("{{a}} "), NAMES) == ()
    assert only_value("a", NAMES) == ()


def test_what_is_filled_in_is_not_looked_through_again() -> None:
    assert fill(hide("{{a}}"), {"a": "{{b}}", "b": 1}) == "{{b}}"


def test_names_of_the_outside_are_not_seen() -> None:
    with pytest.raises(Mistake):
        evaluate("NAMES", {})


def test_an_expression_does_not_change_names() -> None:
    names = {"a": 1}
    assert evaluate("(b := a + 1)", names) == 2
    assert names == {"a": 1}


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("{{b}}", 0, "{{b}} has no value (NameError: name 'b' is not defined)."),
        ("x{{ nam }}", 1, "{{nam}} has no value (NameError: name 'nam' is not defined; did you mean name?)."),
        ("{{a}}{{prin}}", 5, "{{prin}} has no value (NameError: name 'prin' is not defined)."),
        ("{{a +}}", 0, "{{a +}} has no value (SyntaxError: invalid syntax"),
        ("{{a = 1}}", 0, "{{a = 1}} has no value (SyntaxError: "),
        ("{{ }}", 0, "{{}} has no value (SyntaxError: "),
        ("{{1/0}}", 0, "{{1/0}} has no value (ZeroDivisionError: division by zero)."),
        ("{{items[5]}}", 0, "{{items[5]}} has no value (IndexError: list index out of range)."),
        ("{{JSON.stringify(a)}}", 0, "{{JSON.stringify(a)}} has no value (NameError: name 'JSON' is not defined)."),
        ("\n{{$no}}", 1, "{{$no}} is no variable of the system."),
        ("{{logn.response.body.$}}", 0, "{{logn.response.body.$}} has no value: no request called logn was answered"),
    ],
)
def test_mistakes(text: str, offset: int, message: str) -> None:
    with pytest.raises(Mistake) as raised:
        fill(hide(text), NAMES)
    assert str(raised.value).startswith(message)
    assert raised.value.offset == offset


def test_a_mistake_inside_an_expression_is_the_message() -> None:
    def ask() -> None:
        raise Mistake("Nobody answered.")

    with pytest.raises(Mistake, match=r"^Nobody answered\.$"):
        evaluate("ask()", {"ask": ask})


def test_what_is_called_a_secret_is_one() -> None:
    assert evaluate("api_token", {"api_token": "value-of-the-token-1"}) == "value-of-the-token-1"
    assert evaluate("plain_word", {"plain_word": "value-of-the-word-1"}) == "value-of-the-word-1"
    shown = redact.text("value-of-the-token-1 value-of-the-word-1")
    assert "value-of-the-token-1" not in shown
    assert "value-of-the-word-1" in shown


def test_the_folder_is_where_dotenv_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COLOUR=green")
    assert fill(hide("{{$dotenv COLOUR}}"), {}, tmp_path) == "green"


def test_hidden_expressions_are_found() -> None:
    assert [reveal(found[1]) for found in HIDDEN.finditer(hide("{{a}} {{ b }}{{c}}"))] == ["a", " b ", "c"]
