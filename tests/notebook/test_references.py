"""Parts of earlier exchanges."""

from __future__ import annotations

from collections import ChainMap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from httpkit.exchange import Exchange
from httpkit.messages import ReceivedResponse, SentRequest
from httpkit.notebook.http_drafts import FileVariables
from httpkit.notebook.http_reader import parse_http
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.references import reference
from httpkit.payload import Payload

BODY = '{"token": "tök", "user": {"id": 7, "on": true, "x-y": null}, "list": [1.5, {"a": []}]}'

HEADERS = (("Content-Type", "a/b"), ("X-Id", "1"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))


def exchange(body: bytes = BODY.encode(), headers: tuple[tuple[str, str], ...] = ()) -> Exchange:
    return Exchange(
        SentRequest("POST", "http://h/", (("X-Sent", "1"), ("Accept", "*/*")), Payload(b'{"name": "ann"}')),
        ReceivedResponse(
            200,
            "OK",
            "1.1",
            headers or HEADERS,
            Payload(body),
        ),
    )


NAMES: dict[str, Any] = {
    "login": exchange(),
    "log-in": exchange(b"1"),
    "page": exchange(b"<p>"),
    "packed": exchange(b"no gzip", (("Content-Encoding", "gzip"),)),
    "latin": exchange(b"\xe9", (("Content-Type", "text/plain; charset=latin1"),)),
    "thing": SimpleNamespace(response=SimpleNamespace(body="own")),
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("login.response.body", BODY),
        ("login.response.body.*", BODY),
        ("login.request.body", '{"name": "ann"}'),
        ("login.request.body.$.name", "ann"),
        ("login.response.body.$.token", "tök"),
        ("login.response.body.token", "tök"),
        ("login.response.body.user.id", 7),
        ("login.response.body.$.user.on", True),
        ("login.response.body.$.user.x-y", None),
        ("login.response.body.$.user", {"id": 7, "on": True, "x-y": None}),
        ("login.response.body.$.list[0]", 1.5),
        ("login.response.body.list[-1]", {"a": []}),
        ("login.response.body.$..id", 7),
        ("login.response.body['token']", "tök"),
        ("login.response.headers.Content-Type", "a/b"),
        ("login.response.headers.content-type", "a/b"),
        ("login.response.headers['X-Id']", "1"),
        ('login.response.headers["x-id"]', "1"),
        ("login.response.headers.Set-Cookie", "a=1, b=2"),
        ("login.request.headers.x-sent", "1"),
        ("log-in.response.body.$", 1),
        ("latin.response.body", "é"),
        ("page.response.body", "<p>"),
    ],
)
def test_values(expression: str, value: object) -> None:
    assert reference(expression, NAMES) == (value,)
    assert reference(expression, ChainMap({}, NAMES)) == (value,)


@pytest.mark.parametrize(
    "expression",
    ["login", "login.response", "login.response.status", "login.body", "1.response.body", "a b.response.body",
     "thing.response.body", "login.response.bodyguard", "response.body"],
)  # fmt: skip
def test_what_is_no_reference(expression: str) -> None:
    assert reference(expression, NAMES) == ()


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "logn.response.body.$.token",
            "no value: no request called logn was answered yet. Did you mean login?",
        ),
        (
            "absent.response.body",
            "no value: no request called absent was answered yet. Run the request that says `# @name absent` first.",
        ),
        ("thing.response.body.a", "no value: thing is no exchange but SimpleNamespace."),
        ("login.response.body.$.tokn", "no value: $.tokn matches nothing: $ has no “tokn”. Did you mean token?"),
        ("login.response.body.list[5]", "no value: $.list[5] matches nothing: $.list has no [5]."),
        ("login.response.body.$.[", "no value: “$.[” is not a JSON path: "),
        ("page.response.body.$.a", "no value: the body is not JSON (Expecting value: line 1 column 1 (char 0))."),
        (
            "login.response.headers.X-No",
            "no value: there is no header X-No. There are: content-type, set-cookie, x-id.",
        ),
        ("packed.response.body", "no value: "),
    ],
)
def test_mistakes(expression: str, message: str) -> None:
    with pytest.raises(Mistake) as raised:
        reference(expression, NAMES)
    assert str(raised.value).startswith(f"{{{{{expression}}}}} has {message}")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "login.response.body.//a/@b",
            "{{login.response.body.//a/@b}}: XPath is not understood. Expected a JSON path, as in $.token.",
        ),
        (
            "login.response.headers",
            "{{login.response.headers}} names no header. Expected something like login.response.headers.Content-Type.",
        ),
    ],
)
def test_what_cannot_be_asked_for(expression: str, message: str) -> None:
    with pytest.raises(Mistake) as raised:
        reference(expression, NAMES)
    assert str(raised.value) == message


def test_variables_of_a_text_are_not_worked_out_for_a_hint() -> None:
    names: Any = ChainMap({}, {"login": exchange()})
    variables = FileVariables(parse_http("@token = {{logn.response.body.$.token}}\n@x = {{1/0}}"), names, Path())
    with pytest.raises(Mistake, match="no request called logn was answered yet. Did you mean login?"):
        variables["token"]
