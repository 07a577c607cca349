"""What is filled in becomes a draft, a cell, and comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from httpkit.draft import Draft
from httpkit.headers import basic
from httpkit.notebook.http_reader import parse_http
from httpkit.notebook.items import draft_of, split_line
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.options import Options
from httpkit.notebook.run import ask_text
from httpkit.payload import Payload
from httpkit.redact import HIDDEN
from httpkit.widgets import RequestBuilder
from httpkit.widgets.hiding import Hidden
from httpkit.widgets.request_form import Item, RequestForm


def draft(form: RequestForm, **names: Any) -> Draft:
    return form.draft(names, {})


def items(*pairs: tuple[str, str]) -> tuple[Item, ...]:
    return tuple(Item(name, value) for name, value in pairs)


def test_every_field_goes_where_it_belongs() -> None:
    form = RequestForm(
        "PUT",
        ":3000/people",
        query=items(("q", "a b"), ("", "nothing")),
        headers=(Item("X-A", "1"), Item("X-B", "2", on=False)),
        kind="json",
        text='{"name": "{{name}}"}',
        auth="bearer",
        secret="{{token}}",
        follow=True,
    )
    sent = draft(form, name="Ann", token="abc")
    assert (sent.method, sent.url) == ("PUT", "http://localhost:3000/people?q=a+b")
    assert sent.raw_headers == (("X-A", "1"), ("Content-Type", "application/json"), ("Authorization", "Bearer abc"))
    assert sent.payload.read() == b'{"name": "Ann"}'
    assert sent.delivery.follow


def test_each_kind_of_body(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"png")
    fields = items(("a", "1 2"), ("b", "ü"))
    assert draft(RequestForm("POST", ":1", kind="form", parts=fields)).payload.read() == b"a=1+2&b=%C3%BC"
    raw = draft(RequestForm("POST", ":1", kind="raw", text="<a/>", media_type="application/xml"))
    assert (raw.payload.read(), raw.header("Content-Type")) == (b"<a/>", "application/xml")
    whole = draft(RequestForm("POST", ":1", kind="file", file=str(file)))
    assert (whole.payload.read(), whole.header("Content-Type")) == (b"png", "image/png")
    parts = (Item("a", "1"), Item("f", str(file), is_file=True), Item("u", "b.txt", is_file=True, id="up"))
    form = RequestForm("POST", ":1", kind="multipart", parts=parts).draft({}, {"up": ("b.txt", b"text")})
    body = form.payload.read()
    assert (form.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    for piece in (
        b'name="a"\r\n\r\n1\r\n',
        b'filename="a.png"\r\nContent-Type: image/png\r\n\r\npng',
        b'filename="b.txt"',
    ):
        assert piece in body


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (RequestForm(), "There is no URL yet"),
        (RequestForm(url="ftp://h/"), "ftp:// is not supported"),
        (RequestForm("POST", ":1", kind="json", text="{"), "The body is not JSON"),
        (RequestForm("POST", ":1", kind="file", file="no/such.file"), "There is no file"),
        (RequestForm("GET", ":1/{{nobody}}"), "nobody"),
    ],
)
def test_what_cannot_be_sent_says_why(form: RequestForm, says: str) -> None:
    with pytest.raises(Mistake, match=says):
        draft(form)


def test_a_url_is_taken_apart() -> None:
    form = RequestForm(url="https://ann:p%40w@h:8/x?a=1&b=%20#top").tidied()
    assert form.url == "https://h:8/x"
    assert [(item.name, item.value) for item in form.query] == [("a", "1"), ("b", " ")]
    assert (form.auth, form.user, form.secret) == ("basic", "ann", "p@w")
    assert draft(form).header("Authorization") == basic("ann:p@w")


@pytest.mark.parametrize(
    "line",
    [
        "GET :3000/a?b=1 X-Y:z",
        "POST :3000/people name=Ann age:=30",
        "POST :3000/form a==1 X-Token:abc",
        "--form POST :3000/form a=1 b=2",
        "POST :3000/raw Content-Type:text/csv --raw a,b",
    ],
)
def test_a_request_that_is_known_fills_the_form_and_comes_out_again(line: str) -> None:
    words, options = split_line(line, {})
    known = draft_of(words, options, {})
    again = draft(RequestForm.of(known))
    assert (again.method, again.url, again.payload.read()) == (known.method, known.url, known.payload.read())
    assert {name.lower(): value for name, value in again.raw_headers} == {
        name.lower(): value for name, value in known.raw_headers
    }


SECRET = RequestForm(
    "POST",
    "http://h/x",
    query=items(("token", "tok-12345678"), ("q", "1")),
    headers=items(("Authorization", "Bearer head-12345678"), ("X-Plain", "head-12345678 again")),
    kind="json",
    text='{"password": "body-12345678", "user": "ann"}',
    auth="basic",
    user="ann",
    secret="pass-12345678",
)


def test_what_is_shown_has_no_secret_and_keeps_all_of_them() -> None:
    hidden = Hidden()
    shown = SECRET.shown(hidden)
    assert "12345678" not in str(shown.to_message())
    assert '"user": "ann"' in shown.text
    assert RequestForm.from_message(shown.to_message()).filled(hidden) == SECRET
    assert "12345678" not in repr(SECRET)


def test_a_message_that_is_no_form_is_a_mistake() -> None:
    for message in ({"url": 1}, {"headers": [{"no": "name"}]}, {"query": 3}):
        with pytest.raises(Mistake, match="This is not a request"):
            RequestForm.from_message(message)


def test_what_was_hidden_once_stays_hidden_when_its_name_says_no_more() -> None:
    hidden = Hidden()
    message = SECRET.shown(hidden).to_message()
    message["query"][0]["name"] = "note"
    message["headers"][0]["name"] = "X-Note"
    message["text"] = message["text"].replace("password", "note")
    renamed = RequestForm.from_message(message).filled(hidden)
    assert renamed.text == '{"note": "body-12345678", "user": "ann"}'
    assert "12345678" not in str(renamed.shown(hidden).to_message())


def test_a_short_secret_stays_hidden_too() -> None:
    hidden = Hidden()
    message = RequestForm(url="http://h/", headers=items(("X-Api-Key", "abc"))).shown(hidden).to_message()
    assert message["headers"][0]["value"] == HIDDEN
    message["headers"][0]["name"] = "X-Note"
    renamed = RequestForm.from_message(message).filled(hidden)
    assert renamed.headers[0].value == "abc"
    assert renamed.shown(hidden).headers[0].value == HIDDEN


def test_no_row_can_pass_for_the_secret() -> None:
    hidden = Hidden()
    message = SECRET.shown(hidden).to_message()
    message["headers"].append({"name": "X", "value": HIDDEN, "on": True, "is_file": False, "id": "secret"})
    assert RequestForm.from_message(message).filled(hidden).headers[-1].value == ""


def test_a_token_as_the_name_of_a_user_is_a_secret() -> None:
    form = RequestForm(url="https://ghp_12345678abcdefgh@h/x").tidied()
    assert form.user == "ghp_12345678abcdefgh"
    hidden = Hidden()
    shown = form.shown(hidden)
    assert "12345678" not in str(shown.to_message())
    assert RequestForm.from_message(shown.to_message()).filled(hidden) == form
    assert "12345678" not in form.cell()
    assert RequestForm(url=":1", auth="basic", user="ann").shown(Hidden()).user == "ann"


# --- what came over the wire

BRACES = ["{{1/0}}", "a{{{b}}}", "{{{{x}}}}", "{{", '{"a": "{{boom()}}"}']


@pytest.mark.parametrize("text", BRACES)
def test_braces_of_a_request_that_is_known_are_only_braces(text: str) -> None:
    known = Draft("POST", "http://h/x", (("X-A", text), ("Content-Type", "text/x")), Payload(text.encode()))
    form = RequestForm.of(known)
    again = draft(form)
    assert (again.header("X-A"), again.payload.read()) == (text, text.encode())
    (sent,) = ask_text(lines_of(form), {}, Options(offline=True))
    assert sent.header("X-A") == text


def test_nothing_of_a_hostile_url_is_evaluated() -> None:
    known = Draft("GET", "http://h/{{boom()}}?a={{boom()}}&{{boom()}}=1")
    assert draft(RequestForm.of(known)).url.count("boom") == 3
    password = RequestForm.of(Draft("GET", "http://ann:{{boom()}}@h/"))
    assert draft(password).header("Authorization") == basic("ann:{{boom()}}")
    assert "boom" not in str(password.shown(Hidden()).to_message())


# --- as a cell


def lines_of(form: RequestForm) -> str:
    first, _, rest = form.cell().partition("\n")
    assert first == "%%http"
    return rest


FORMS = [
    RequestForm("GET", "http://h/a", query=items(("q", "a b&c"), ("r", "{{name}}"))),
    RequestForm("POST", "http://h/a", headers=items(("X-A", "{{name}}")), kind="json", text='{"a": "{{name}}"}'),
    RequestForm("POST", "http://h/a", kind="form", parts=items(("a", "1 2"), ("b", "{{name}}"))),
    RequestForm("POST", "http://h/a", kind="raw", text="<a/>", media_type="application/xml"),
    RequestForm("GET", "http://h/a", auth="bearer", secret="{{name}}", follow=True),
    RequestForm("GET", "http://h/a", auth="basic", user="ann", secret="{{name}}"),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_cell_sends_the_same_request(form: RequestForm) -> None:
    names = {"name": "Ann"}
    (sent,) = ask_text(lines_of(form), dict(names), Options(offline=True))
    expected = draft(form, **names)
    assert (sent.method, sent.url, sent.payload.read()) == (expected.method, expected.url, expected.payload.read())
    assert dict(sent.raw_headers) == dict(expected.raw_headers)
    assert sent.delivery.follow == form.follow


def test_a_multipart_cell_is_one(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("file")
    parts = (Item("a", "1"), Item("f", str(file), is_file=True))
    (sent,) = ask_text(
        lines_of(RequestForm("POST", "http://h/", kind="multipart", parts=parts)), {}, Options(offline=True)
    )
    body = sent.payload.read()
    assert b'name="a"\r\n\r\n1\r\n' in body
    assert b'filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nfile' in body


def test_a_cell_asks_for_the_secrets_that_were_typed() -> None:
    text = lines_of(SECRET)
    assert "12345678" not in text
    assert HIDDEN not in text
    (request,) = parse_http(text).requests
    assert [prompt.name for prompt in request.prompts] == [
        "token_1",
        "authorization_2",
        "x_plain_3",
        "password_4",
        "body_5",
    ]
    assert "Authorization: Bearer {{authorization_2}}" in text
    assert '{"password": "{{body_5}}", "user": "ann"}' in text


@pytest.mark.parametrize(
    ("request_", "tab"),
    [
        ("POST :3000/users name=Ann", "body"),
        ("POST :3000/users q==1 name=Ann", "query"),
        (":3000/", "query"),
        ("", "query"),
    ],
)
def test_what_was_given_is_open(request_: str, tab: str) -> None:
    assert RequestBuilder(request_).tab == tab
    assert RequestBuilder(request_, tab="code").tab == "code"
