"""Expectations: what holds is noted, and what does not teaches."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import pytest

import httpkit as http
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, Phases, ReceivedResponse, SentRequest, SocketFacts
from httpkit.notebook.expectations import Expectation, Unmet, expect, grade
from httpkit.notebook.mistakes import Mistake
from httpkit.payload import Payload
from httpkit.redact import HIDDEN as H

URL = "http://h/a"
Pairs = tuple[tuple[str, str], ...]
DATA = {"id": 7, "name": "Ann", "on": True, "none": None, "items": [{"id": 1}, {"id": 2}], "token": "tokenValue"}


def exchange(
    status: tuple[int, str] = (200, "OK"),
    headers: Pairs = (("Content-Type", "application/json; charset=UTF-8"),),
    content: bytes = json.dumps(DATA).encode(),
    *,
    method: str = "GET",
    sent: Pairs = (),
    **more: Any,
) -> Exchange:
    return Exchange(SentRequest(method, URL, sent), ReceivedResponse(*status, "1.1", headers, Payload(content)), **more)


Check = Callable[[Expectation], object]


def unmet(check: Check, of: Exchange | None = None) -> str:
    with pytest.raises(Unmet) as caught:
        check(expect(of or exchange()))
    message = str(caught.value)
    assert caught.value._render_traceback_() == [message]
    assert "\n" not in message
    return message


def test_what_holds_is_noted() -> None:
    expectation = expect(exchange()).status(200).header("Content-Type").json("$.id", 7)
    assert expectation.passed == ["status 200", "header Content-Type", "$.id is 7"]
    assert repr(expectation) == "✓ status 200\n✓ header Content-Type\n✓ $.id is 7"
    assert repr(expect(exchange())) == "<Expectation without checks>"


def test_what_does_not_is_an_assertion_error() -> None:
    expectation = expect(exchange())
    with pytest.raises(AssertionError):
        expectation.status(200).status(404)
    assert expectation.passed == ["status 200"]


@pytest.mark.parametrize("value", [None, "http://h/", NO_RESPONSE])
def test_an_exchange_is_needed(value: Any) -> None:
    with pytest.raises(Mistake, match=r"expect\(\) is given .*\. Expected an exchange"):
        expect(value)


# --- status


@pytest.mark.parametrize(
    "expected", [(200,), ("200",), ("2xx",), ("2XX",), (404, 200), ("4xx", "2xx"), (HTTPStatus.OK,)]
)
def test_statuses_that_hold(expected: Any) -> None:
    assert expect(exchange()).status(*expected)


@pytest.mark.parametrize("expected", ["2x", "ok", 99, 1000, 20, None, True, "6xx", b"200", 200.0])
def test_what_is_no_status(expected: Any) -> None:
    with pytest.raises(Mistake, match="is not a status. Expected a code such as 201, or a class such as '2xx'."):
        expect(exchange()).status(expected)
    with pytest.raises(Mistake, match="is not a status"):
        expect(exchange()).status()


@pytest.mark.parametrize(
    ("got", "expected", "message"),
    [
        (
            exchange((404, "Not Found"), content=b"no such note"),
            (201,),
            "got 404 Not Found: There is nothing at this URL. Check the path and the method; on your own server",
        ),
        (exchange((404, "Not Found"), content=b"no such note"), (201,), "The body says “no such note”."),
        (exchange(), (404, "5xx"), "Expected status 404 Not Found or 5xx, got 200 OK: It worked"),
        (exchange(), (201,), "res.statusCode = 201, and its URL in Location."),
        (exchange((201, "Created")), (200,), "Something new was made: if that is right, expect 201"),
        (
            exchange((302, "Found"), (("Location", "/b?token=abc"),)),
            (200,),
            f"It leads to /b?token={H}: send the request with follow=True",
        ),
        (
            exchange(redirects=(exchange((302, "Found")),)),
            ("3xx",),
            "Redirects were followed, 1 of them: exchange.redirects[0] is the first answer.",
        ),
        (
            exchange((405, "Method Not Allowed"), (("Allow", "GET, HEAD"),), method="POST"),
            (200,),
            "This URL takes GET, HEAD, the request was POST.",
        ),
        (
            exchange((401, "Unauthorized"), (("WWW-Authenticate", 'Bearer realm="api"'),)),
            (200,),
            'The server asks for Bearer realm="api".',
        ),
        (exchange((429, "Too Many"), (("Retry-After", "5"),)), (200,), "Try again in 5 (Retry-After)."),
        (exchange((500, "Internal Server Error")), (200,), "On your own server, read its traceback."),
        (exchange((299, "Made Up")), (200,), "got 299 Made Up: Not a defined code"),
        (Exchange(SentRequest("GET", URL, ()), NO_RESPONSE), (200,), "got no response: the request failed"),
    ],
)  # fmt: skip
def test_statuses_that_do_not(got: Exchange, expected: tuple[Any, ...], message: str) -> None:
    assert message in unmet(lambda e: e.status(*expected), got)


# --- headers


HEADERS: Pairs = (
    ("Content-Type", "text/html;charset=UTF-8"),
    ("Cache-Control", "no-store, max-age=60"),
    ("Location", "/a;b,c"),
    ("Content-Length", "12"),
    ("Vary", "Origin"),
    ("Vary", "Accept"),
    ("ETag", '"Abc"'),
    ("X-Api-Key", "apiKeyValue"),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("content-type", "text/html"),
        ("Content-Type", "Text/HTML"),
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Type", re.compile("utf-8", re.IGNORECASE)),
        ("Content-Type", lambda value: value.startswith("text/")),
        ("Cache-Control", "no-store"),
        ("Cache-Control", "no-store, max-age=60"),
        ("Cache-Control", re.compile(r"max-age=\d+")),
        ("Location", "/a;b,c"),
        ("Content-Length", 12),
        ("Vary", "accept"),
        ("Vary", "Origin, Accept"),
        ("ETag", '"Abc"'),
        ("X-Api-Key", "apiKeyValue"),
    ],
)
def test_headers_that_hold(name: str, expected: Any) -> None:
    assert expect(exchange(headers=HEADERS)).header(name).header(name, expected)


@pytest.mark.parametrize(
    ("name", "expected", "message"),
    [
        (
            "Content-Type",
            "application/json",
            "to be application/json, got text/html;charset=UTF-8. Content-Type: What the body is: its media",
        ),
        ("Content-Type", "text/html; charset=latin-1", "got text/html;charset=UTF-8"),
        ("Content-Type", re.compile("json$"), "to be like /json$/, got text/html"),
        ("Content-Type", lambda value: False, "the function accepts, got text/html;charset=UTF-8 (it answers no)."),
        ("Content-Length", lambda value: value > 3, "it raises TypeError: '>' not supported between"),
        ("Location", "/a", "Expected the header Location to be /a, got /a;b,c."),
        ("ETag", '"abc"', 'to be "abc", got "Abc"'),
        ("X-Api-Key", "other", f"Expected the header X-Api-Key to be {H}, got another value, {H}."),
        ("X-Api-Key", lambda value: int(value), f"accepts, got {H} (it raises ValueError)."),
    ],
)  # fmt: skip
def test_headers_that_do_not(name: str, expected: Any, message: str) -> None:
    assert message in unmet(lambda e: e.header(name, expected), exchange(headers=HEADERS))


def test_a_header_that_is_not_there() -> None:
    assert unmet(lambda e: e.header("Location"), exchange((201, "Created"))) == (
        "Expected the header Location, got a response without it (201 Created). Location: Where to go next, or where "
        "the new thing is (RFC 9110 §10.2.2). There are: Content-Type. A server sets it before it answers: "
        "res.setHeader('Location', …)."
    )
    assert "Did you mean Content-Type?" in unmet(lambda e: e.header("Content_Typ", "text/html"))
    message = unmet(lambda e: e.header("X-Id"), exchange(headers=(), sent=(("x-id", "1"),)))
    assert "The request has it, the response has not. There are: none." in message


def test_a_header_that_should_not_be_there() -> None:
    assert expect(exchange()).no_header("Server").passed == ["no header Server"]
    message = unmet(lambda e: e.no_header("x-api-key"), exchange(headers=HEADERS))
    assert (
        message == f"Expected no header x-api-key, got {H}. A server takes it away with res.removeHeader('x-api-key')."
    )
    several = exchange(headers=(("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")))
    assert f"got a={H}, b={H}. Set-Cookie: Remember this" in unmet(lambda e: e.no_header("Set-Cookie"), several)


def test_cookies() -> None:
    of = exchange(headers=(("Set-Cookie", "sid=cookieValue; Path=/"), ("Set-Cookie", "b=2")), sent=(("Cookie", "c=1"),))
    assert (
        expect(of).cookie("sid").cookie("sid", "cookieValue").cookie("b", re.compile(r"\d")).passed[0] == "cookie sid"
    )
    message = unmet(lambda e: e.cookie("sit"), of)
    assert "got none of that name. Did you mean sid? It sets: sid, b." in message
    assert "The request sends one of that name, which is another matter." in unmet(lambda e: e.cookie("c"), of)
    wrong = unmet(lambda e: e.cookie("sid", lambda value: int(value)), of)
    assert "got another value, which is hidden as cookies are secrets (it raises ValueError)." in wrong
    assert "got cookieValue." in unmet(lambda e: e.cookie("sid", "x"), of.revealed())


# --- bodies


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.id", 7),
        ("$.id", int),
        ("$.id", lambda value: value > 3),
        ("$.name", re.compile("^A")),
        ("$.on", True),
        ("$.none", None),
        ("$.items", [{"id": 1}, {"id": 2}]),
        ("$.items[0]", {"id": 1}),
        ("$..id", 2),
        ("$.items[*].id", [1, 2]),
        ("$.token", "tokenValue"),
    ],
)
def test_json_that_holds(path: str, expected: Any) -> None:
    assert expect(exchange()).json(path).json(path, expected)


@pytest.mark.parametrize(
    ("path", "expected", "message"),
    [
        ("$.id", 8, "Expected $.id to be 8, got 7."),
        ("$.id", "7", 'Expected $.id to be "7", got 7. It is a number, not a string.'),
        ("$.on", 1, "Expected $.on to be 1, got true. It is true, not a number."),
        ("$.name", int, 'Expected $.name to be a whole number, got "Ann". It is a string.'),
        ("$.name", lambda value: value > 3, "it raises TypeError: '>' not supported"),
        ("$.nam", "Ann", 'Expected $.nam to be "Ann", got no such value. $.nam matches nothing: $ has no “nam”.'),
        ("$.items.id", 1, "$.items is a list of 2: choose from it"),
        ("$.items[0]", {"id": 9}, 'got {"id": 1}. The difference: $.items[0].id is 1.'),
        ("$.items", [{"id": 1}], "The difference: $.items[1] is {\"id\": 2}."),
        ("$.items[0]", {"id": 1, "a": 2}, "The difference: $.items[0].a is missing."),
        ("$..id", 9, "got 3 other values, the first of which is 7."),
        ("$.nobody", None, "Expected $.nobody to be null, got no such value."),
        ("$.id", {1, 2}, "Expected $.id to be {1, 2}, got 7."),
        ("$.items", [{1}], "Expected $.items to be [{1}], got "),
        ("$.token", "other", f'Expected $.token to be "{H}", got "{H}".'),
        ("$.token", lambda value: int(value), f'got "{H}" (it raises ValueError).'),
    ],
)  # fmt: skip
def test_json_that_does_not(path: str, expected: Any, message: str) -> None:
    assert message in unmet(lambda e: e.json(path, expected))


def test_a_bad_path_is_a_mistake() -> None:
    with pytest.raises(Mistake, match=r"“id” is not a JSON path: it begins with \$, as in \$\.id\."):
        expect(exchange()).json("id", 7)


@pytest.mark.parametrize(
    ("of", "message"),
    [
        (exchange(content=b""), "got a body that is not JSON. It is empty."),
        (exchange((204, "No Content"), content=b""), "It is empty, as it has to be for 204 No Content."),
        (
            exchange(headers=(("Content-Type", "text/html"),), content=b"<h1>\nHi"),
            "It is text/html and begins “<h1> Hi” (Expecting value: line 1 column 1 (char 0)).",
        ),
        (
            exchange(headers=(), content=b"{'a': 1}"),
            "It is of no Content-Type and begins “{'a': 1}” (Expecting property",
        ),
        (
            exchange(headers=(("Content-Encoding", "gzip"),), content=b"no"),
            "The body cannot be read: the body is not gzip",
        ),
    ],
)
def test_a_body_that_is_no_json(of: Exchange, message: str) -> None:
    assert message in unmet(lambda e: e.json("$.id", 7), of)


TEXT = exchange(headers=(("Content-Type", "text/plain"),), content=b"Hello,  world\nnew line\npassword=abcdef")


def test_text_that_holds() -> None:
    packed = exchange(headers=(("Content-Encoding", "gzip"),), content=gzip.compress(b"hello"))
    assert expect(packed).text("ell").body("hello").body(b"hello").passed == ["text has ell", "body of 5 bytes"] * 1 + [
        "body of 5 bytes"
    ]
    assert expect(TEXT).text(re.compile("^new", re.MULTILINE)).text(lambda text: len(text) > 3)


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ("hello", "Expected the body to have “hello” in it, got “Hello, world new line"),
        ("hello", "It is there in other letters: “Hello”."),
        ("Hello, world", "It is there with other spaces or line ends."),
        ("new lime", "Nearest is the line “new line”."),
        ("zzz", f"got “Hello, world new line password={H}”."),
        (re.compile("^x"), "Expected the body to be like /^x/, got"),
        (lambda text: False, "(it answers no)."),
    ],
)
def test_text_that_does_not(expected: Any, message: str) -> None:
    assert message in unmet(lambda e: e.text(expected), TEXT)


def test_bytes() -> None:
    assert unmet(lambda e: e.body(b"abcd"), exchange(content=b"abX")) == (
        "Expected a body of 4 bytes, got 3, which differ from byte 2 on."
    )
    broken = exchange(headers=(("Content-Encoding", "gzip"),), content=b"no")
    assert "cannot be read" in unmet(lambda e: e.body(b""), broken)
    assert "cannot be read" in unmet(lambda e: e.text("a"), broken)
    assert "got an empty one" in unmet(lambda e: e.text("a"), exchange(content=b""))


# --- the way


def test_times() -> None:
    of = exchange(phases=Phases(queue=1, wait=120, receive=4))
    assert expect(of).faster_than(126).passed == ["faster than 126 ms"]
    assert unmet(lambda e: e.faster_than(100), of) == (
        "Expected an answer in less than 100 ms, got one in 125 ms. Most of it, 120 ms, was waiting for the server: "
        "look at what its handler does before it answers."
    )
    assert "got an exchange without times" in unmet(lambda e: e.faster_than(100))


def test_redirects() -> None:
    hop = exchange((302, "Found"), (("Location", "/b?token=abc"),))
    followed = replace(exchange(), redirects=(hop,))
    for of in (hop, followed):
        assert (
            expect(of)
            .redirected_to("/b?token=abc")
            .redirected_to("http://h/b?token=abc#x")
            .redirected_to(re.compile("/b"))
        )
        assert unmet(lambda e: e.redirected_to("/c"), of) == (
            f"Expected a redirect to /c, got one to http://h/b?token={H}."
        )
    assert "got 200 OK, which is none. A redirect has a 3xx status" in unmet(lambda e: e.redirected_to("/b"))
    assert "got 304 Not Modified, which is none." in unmet(
        lambda e: e.redirected_to("/b"), exchange((304, "Not Modified"))
    )


def test_connections() -> None:
    assert expect(exchange(socket=SocketFacts(reused=True))).reused_socket().passed == ["reused socket"]
    assert "It was the first on its connection." in unmet(lambda e: e.reused_socket())
    closing = exchange(headers=(("Connection", "Close"),))
    assert "The response says Connection: close." in unmet(lambda e: e.reused_socket(), closing)


# --- secrets, and what comes over the wire


def test_no_secret_is_told() -> None:
    of = exchange(
        (404, "Not Found"),
        (("X-Echo", "sentToken"), ("Content-Type", "application/json")),
        b'{"error": "bad sentToken", "password": 424242}',
        sent=(("Authorization", "Bearer sentToken"),),
    )
    checks: list[Check] = [
        lambda e: e.status(200),
        lambda e: e.header("X-Echo", "other"),
        lambda e: e.json("$.error", "other"),
        lambda e: e.json("$.password", 1),
        lambda e: e.json("$", {}),
        lambda e: e.text("other"),
        lambda e: e.header("X-Echo", lambda value: int(value)),
    ]
    for check in checks:
        message = unmet(check, of)
        assert "sentToken" not in message
        assert "424242" not in message
    assert "sentToken" in unmet(checks[1], of.revealed())
    assert expect(of).header("X-Echo", "sentToken").passed == [f"header X-Echo is {H}"]


def test_what_comes_over_the_wire_does_not_act_on_a_terminal() -> None:
    of = exchange((500, "\x1b[31mred"), (("Content-Type", "text/plain"),), b"\x1b[2J")
    message = unmet(lambda e: e.status(200), of)
    assert "\x1b" not in message
    assert "\u241b[31mred" in message


# --- grades


def test_a_grade_goes_on_to_the_end() -> None:
    checks: list[Check] = [
        lambda e: e.status(200).header("Content-Type"),
        lambda e: e.json("$.id", 8),
        lambda e: e.text("Ann"),
    ]
    grades = grade(exchange(), *checks)
    assert grades.passed == ("status 200, header Content-Type", "text has Ann")
    assert grades.missed == ("Expected $.id to be 8, got 7.",)
    assert not grades
    assert (
        str(grades)
        == repr(grades)
        == ("2 of 3\n✓ status 200, header Content-Type\n✓ text has Ann\n✗ Expected $.id to be 8, got 7.")
    )
    assert grade(exchange(), checks[0])
    assert (grades.points, grades.total) == (2, 3)


def test_grades_of_several_exchanges_add_up() -> None:
    grades = grade(exchange(), lambda e: e.status(200)) + grade(exchange(method="PUT"), lambda e: e.status(201))
    assert (grades.points, grades.total, bool(grades)) == (1, 2, False)
    assert [part.about for part in grades.parts] == ["GET /a", "PUT /a"]
    assert str(grades).splitlines()[:4] == ["1 of 2", "GET /a", "✓ status 200", "PUT /a"]
    assert grade(exchange(), lambda e: e.status(200), about="once more").about == "GET /a once more"
    assert [part.about for part in (grades + grades).parts] == ["GET /a", "PUT /a"] * 2


def test_a_grade_hides_secrets_of_the_url_and_shows_itself_as_a_list() -> None:
    sent = SentRequest("GET", "http://h/a?token=tokenValue&x=<b>", ())
    secret = Exchange(sent, exchange().response)
    grades = grade(secret, lambda e: e.status(200)) + grade(secret, lambda e: e.status(404))
    shown = grades._repr_mimebundle_()
    for text in shown.values():
        assert "tokenValue" not in text
        assert "1 of 2" in text
    assert "<b>✓" not in shown["text/html"]
    assert 'class="httpkit-ok">✓</b><span>status 200</span>' in shown["text/html"]
    assert "x=<b>" not in shown["text/html"]


def test_what_an_assertion_says_is_the_reason() -> None:
    def has_three(items: list[Any]) -> bool:
        raise AssertionError(f"items: {len(items)}")

    grades = grade(exchange(), lambda e: e.json("$.items", has_three))
    assert "accepts, got" in grades.missed[0]
    assert "(items: 2)" in grades.missed[0]


def test_a_check_that_is_broken_is_not_a_wrong_answer() -> None:
    with pytest.raises(ZeroDivisionError):
        grade(exchange(), lambda e: 1 / 0)


@pytest.fixture
def server() -> Iterator[http.Server]:
    def handler(req: Any, res: Any) -> None:
        res.writeHead(201, {"Content-Type": "application/json", "Location": "/notes/7", "Set-Cookie": "sid=abc"})
        res.end('{"id": 7}')

    server = http.createServer(handler).listen(0)
    yield server
    server.close()
    server.closeAllConnections()


def test_an_answer_of_a_server(server: http.Server) -> None:
    answer = http.send("POST", f"{server.url}notes", body="{}")
    checked = (
        expect(answer).status(201).header("Location", "/notes/7").json("$.id", 7).cookie("sid").faster_than(60_000)
    )
    assert len(checked.passed) == 5


def test_a_check_may_give_its_answer_itself() -> None:
    def is_seven(e: Expectation) -> bool:
        return bool(e.exchange.json()["id"] == 7)

    def asserts(e: Expectation) -> None:
        assert e.exchange.status == 404

    grades = grade(exchange(), is_seven, lambda e: e.exchange.status == 404, asserts)
    assert grades.passed == ("is seven",)
    assert grades.missed[0] == "the check: no"
    assert len(grades.missed) == 2


async def _a_coroutine(e: Expectation) -> None:
    e.status(404)


@pytest.mark.parametrize("checks", [(), (lambda e: None,), (_a_coroutine,)])
def test_what_checks_nothing_is_a_mistake(checks: Any) -> None:
    with pytest.raises(Mistake, match="nothing"):
        grade(exchange(), *checks)


def test_grades_can_be_summed_but_not_with_anything() -> None:
    one = grade(exchange(), lambda e: e.status(200))
    assert sum([one, one], start=one).points == 3
    assert sum([one, one]).total == 2  # type: ignore[union-attr] # mypy counts the 0 that sum() begins with
    with pytest.raises(TypeError):
        one + 5  # type: ignore[operator]


def test_what_a_function_says_of_a_secret_does_not_quote_it() -> None:
    def is_other(value: str) -> bool:
        raise AssertionError(f"{value} is not other")

    (missed,) = grade(exchange(), lambda e: e.json("$.token", is_other)).missed
    assert "tokenValue" not in missed
    assert "it answers no" in missed


def test_a_redirect_to_what_is_no_url_is_unmet() -> None:
    answered = exchange((302, "Found"), (("Location", "http://["),))
    assert grade(answered, lambda e: e.redirected_to("/x")).missed
    assert grade(exchange((302, "Found"), (("Location", "/x"),)), lambda e: e.redirected_to("http://[")).missed
