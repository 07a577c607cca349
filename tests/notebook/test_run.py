"""Requests of texts, files and lines, sent to a real server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from httpkit import createServer
from httpkit.draft import Draft
from httpkit.exchange import Exchange
from httpkit.notebook import prompts
from httpkit.notebook.failures import Failure
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.options import Options, take_options
from httpkit.notebook.run import Exchanges, ask, ask_curl, ask_file, ask_text
from httpkit.notebook.sessions import forget_sessions

Names = dict[str, Any]


async def answer(req: Any, res: Any) -> None:
    """Tells what came; some paths do something of their own."""
    body = await req.text()
    path = req.url.partition("?")[0]
    if path == "/old":
        res.writeHead(302, {"Location": "/new"}).end()
        return
    if path == "/cookie":
        res.setHeader("Set-Cookie", "flavour=oat; Path=/")
    if path == "/login":
        res.setHeader("Content-Type", "application/json")
        res.end(json.dumps({"token": f"token-of-{json.loads(body)['user']}"}))
        return
    if path == "/hang-up":
        req.socket.destroy()
        return
    told = {"method": req.method, "url": req.url, "body": body, **{k: v for k, v in req.headers.items() if k != "host"}}
    res.end(json.dumps(told))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = createServer(answer).listen(0)
    yield server.port
    server.close()
    server.closeAllConnections()


@pytest.fixture
def names(port: int) -> Names:
    forget_sessions()
    return {"base": f"http://localhost:{port}"}


def one(result: Exchange | Exchanges | Draft) -> Exchange:
    assert isinstance(result, Exchange)
    return result


def many(result: Exchange | Exchanges | Draft) -> Exchanges:
    assert isinstance(result, Exchanges)
    return result


def options(line: str) -> Options:
    rest, found = take_options(line.split(), {})
    assert rest == []
    return found


def urls(exchanges: Exchanges) -> list[str]:
    return [exchange.json()["url"] for exchange in exchanges]


FLOW = """\
@who = ann
@path = /{{who}}

### Log in
# @name login
POST {{base}}/login
Content-Type: application/json

{"user": "{{who}}"}

###
@bearer = Bearer {{login.response.body.$.token}}

### Who am I?
# @name me
GET {{base}}{{path}}
Authorization: {{bearer}}
"""


# --- a text


def test_names_references_and_variables(names: Names) -> None:
    exchanges = ask_text(FLOW, names)
    assert [exchange.status for exchange in exchanges] == [200, 200]
    assert exchanges["me"].json() == {
        "method": "GET",
        "url": "/ann",
        "body": "",
        "authorization": "Bearer token-of-ann",
        "connection": "keep-alive",
    }
    assert names["login"] is exchanges[0]
    assert names["me"] is exchanges[1]
    # What one cell defines, the next one has.
    assert (names["who"], names["path"], names["bearer"]) == ("ann", "/ann", "Bearer token-of-ann")
    assert urls(ask_text("GET {{base}}{{path}}?{{login.status}}", names)) == ["/ann?200"]


def test_exchanges_by_number_and_name(names: Names) -> None:
    exchanges = ask_text("# @name a\nGET {{base}}/1\n###\n# @name a\nGET {{base}}/2\n###\nGET {{base}}/3", names)
    assert [exchanges[0].json()["url"], exchanges["a"].json()["url"]] == ["/1", "/2"]
    assert urls(exchanges[1:]) == ["/2", "/3"]
    with pytest.raises(KeyError, match="no request is called b; there are: a, a"):
        exchanges["b"]
    with pytest.raises(KeyError, match="no request is called b; there are: none"):
        ask_text("GET {{base}}", names)["b"]


def test_a_text_of_nothing(names: Names) -> None:
    before = dict(names)
    exchanges = ask_text("# nothing\n###\n@new = 1", names)
    assert exchanges == ()
    assert names == {**before, "new": "1"}


def test_names_that_are_not_pythons_are_kept_back(names: Names) -> None:
    ask_text("@a-b = 1\n@class = 2\n@c.d = 3\n@e = 4\n@f = {{nothing}}\nGET {{base}}/{{a-b}}{{class}}{{c.d}}", names)
    assert set(names) == {"base", "e"}


def test_variables_of_the_text_come_before_the_notebooks(names: Names) -> None:
    names["who"] = "notebook"
    assert urls(ask_text("@who = text\nGET {{base}}/{{who}}", names)) == ["/text"]


def test_each_is_called_in_order(names: Names) -> None:
    seen: list[Exchange | Draft] = []
    exchanges = ask_text("GET {{base}}/1\n###\nGET {{base}}/2", names, each=seen.append)
    assert seen == list(exchanges)
    assert urls(exchanges) == ["/1", "/2"]


def test_notes_say_what_was_not_done(names: Names) -> None:
    exchanges = ask_text("GET {{base}}/\n\n> {% client.log(1) %}\n?? status == 200", names, first_line=2)
    assert [note.line for note in exchanges.notes] == [4, 5]


def test_nothing_is_sent_where_a_request_cannot_be_read(names: Names) -> None:
    seen: list[Exchange | Draft] = []
    with pytest.raises(Mistake) as raised:
        ask_text(
            "# @name a\nGET {{base}}/1\n###\nwhat is this?", names, each=seen.append, where="the cell", first_line=2
        )
    assert str(raised.value) == (
        "Line 5, column 1 of the cell: This is no request. Expected a method and a URL, as in GET "
        "http://localhost:3000/; the text between two ### is one request.\nwhat is this?\n^"
    )
    assert seen == []
    assert "a" not in names


def test_what_came_before_a_mistake_is_kept(names: Names) -> None:
    with pytest.raises(Mistake) as raised:
        ask_text("@v = 1\n# @name a\nGET {{base}}/1\n###\n# @name b\nGET {{base}}/{{nowhere}}", names, where="it")
    assert str(raised.value) == (
        "Line 6, column 14 of it: {{nowhere}} has no value (NameError: name 'nowhere' is not defined).\n"
        "GET {{base}}/{{nowhere}}\n             ^"
    )
    assert names["a"].json()["url"] == "/1"
    assert names["v"] == "1"
    assert "b" not in names


def test_what_came_before_a_failure_is_kept(names: Names) -> None:
    seen: list[Exchange | Draft] = []
    text = "# @name a\nGET {{base}}/1\n###\n# @name b\nGET {{base}}/hang-up\n###\n# @name c\nGET {{base}}/3"
    with pytest.raises(Failure):
        ask_text(text, names, each=seen.append)
    assert [name for name in "abc" if name in names] == ["a"]
    assert seen == [names["a"]]


# --- cookies and redirects


def test_cookies_are_remembered_from_text_to_text(names: Names) -> None:
    ask_text("GET {{base}}/cookie", names)
    kept, without, again = ask_text("GET {{base}}/1\n###\n# @no-cookie-jar\nGET {{base}}/2\n###\nGET {{base}}/3", names)
    assert [each.json().get("cookie") for each in (kept, without, again)] == ["flavour=oat", None, "flavour=oat"]


def test_no_cookie_jar_keeps_none_either(names: Names) -> None:
    ask_text("# @no-cookie-jar\nGET {{base}}/cookie", names)
    (exchange,) = ask_text("GET {{base}}/1", names)
    assert "cookie" not in exchange.json()


def test_redirects(names: Names) -> None:
    followed, stayed = ask_text("GET {{base}}/old\n###\n# @no-redirect\nGET {{base}}/old", names)
    assert (followed.status, followed.json()["url"], len(followed.redirects)) == (200, "/new", 1)
    assert (stayed.status, stayed.headers["location"]) == (302, "/new")


def test_timeout(names: Names) -> None:
    (exchange,) = ask_text("# @timeout 20 s\nGET {{base}}/1", names)
    assert exchange.draft is not None
    assert exchange.draft.delivery.idle == 20_000


# --- prompts


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were asked; what is typed is the question's first word and a number."""
    asked: list[str] = []

    def getpass(question: str) -> str:
        asked.append(question)
        return f"typed-{question.split(' ', maxsplit=1)[0].rstrip(':')}-{len(asked)}"

    monkeypatch.setattr(prompts, "getpass", getpass)
    return asked


def test_prompts(names: Names, typed: list[str]) -> None:
    names["user"] = "from the notebook"
    text = "# @prompt user\n# @prompt otp On the device\nGET {{base}}/{{user}}/{{otp}}\n###\nGET {{base}}/plain"
    assert urls(ask_text(text, names)) == ["/typed-user-1/typed-otp-2", "/plain"]
    assert typed == ["user: ", "otp (On the device): "]
    assert names["user"] == "from the notebook"


def test_nobody_types(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    def getpass(question: str) -> str:
        raise EOFError

    monkeypatch.setattr(prompts, "getpass", getpass)
    with pytest.raises(Mistake, match="Nothing was typed for otp: the request was not sent."):
        ask_text("# @prompt otp\nGET {{base}}/{{otp}}", names)


# --- options


def test_offline_gives_drafts(names: Names) -> None:
    seen: list[Any] = []
    exchanges = ask_text(
        "# @name a\nPUT {{base}}/1\n\nx\n###\nGET {{base}}/2", names, options("--offline"), each=seen.append
    )
    assert list(exchanges) == seen
    assert [(draft.method, draft.url, draft.name) for draft in seen] == [
        ("PUT", f"{names['base']}/1", "a"),
        ("GET", f"{names['base']}/2", ""),
    ]
    assert "a" not in names


def test_one_by_its_name(names: Names) -> None:
    text = "### First\nGET {{base}}/1\n###\n# @name b\nGET {{base}}/2\n###\nGET {{base}}/3"
    assert urls(ask_text(text, names, options("--name b"))) == ["/2"]
    assert urls(ask_text(text, names, options("--name First"))) == ["/1"]
    with pytest.raises(Mistake) as raised:
        ask_text(text, names, options("--name c"), where="it")
    assert str(raised.value) == "No request of it is called c. There are: First, b, the request in line 7."
    with pytest.raises(Mistake, match="No request of it is called c. There are: none."):
        ask_text("", names, options("--name c"), where="it")


def test_faults_of_others_do_not_matter_to_one(names: Names) -> None:
    assert urls(ask_text("# @name a\nGET {{base}}/1\n###\nwhat is this?", names, options("--name a"))) == ["/1"]


def test_reveal(names: Names) -> None:
    (exchange,) = ask_text("GET {{base}}/1", names, options("--reveal"))
    assert exchange.reveal


def test_the_options_of_a_line_count_for_all(names: Names) -> None:
    (exchange,) = ask_text("GET {{base}}/1", names, options("--timeout 7"))
    assert exchange.draft is not None
    assert exchange.draft.delivery.idle == 7000


# --- files


@pytest.fixture
def folder(tmp_path: Path, port: int) -> Path:
    (tmp_path / "inner").mkdir()
    dev, prod = {"host": f"http://localhost:{port}", "path": "dev"}, {"host": "http://prod", "path": "prod"}
    (tmp_path / "http-client.env.json").write_text(json.dumps({"dev": dev, "prod": prod}))
    (tmp_path / "inner" / "a.http").write_bytes(
        b"\xef\xbb\xbf@v = 1\r\n# @name one\r\nPOST {{host}}/{{path}}/{{v}}\r\n\r\n< body.txt\r\n"
        b"### Two\r\nGET {{host}}/2\r\n"
    )
    (tmp_path / "inner" / "body.txt").write_text("from a file")
    return tmp_path


def test_a_file_and_its_environment(folder: Path, names: Names) -> None:
    names["path"] = "notebook"
    exchanges = ask_file(folder / "inner" / "a.http", names, options("--env dev"))
    assert urls(exchanges) == ["/dev/1", "/2"]
    assert exchanges["one"].json()["body"] == "from a file"
    assert names["one"] is exchanges[0]
    # A file's variables are its own.
    assert "v" not in names


def test_a_file_by_a_line(folder: Path, names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "inner")
    assert urls(many(ask("--file a.http --env dev --name Two", names))) == ["/2"]
    assert urls(many(ask(f"--file {folder}/inner/a.http --env=dev --name one", names))) == ["/dev/1"]


def test_a_file_without_environment(folder: Path, names: Names, port: int) -> None:
    names.update(host=f"http://localhost:{port}", path="notebook")
    assert urls(ask_file(str(folder / "inner" / "a.http"), names)) == ["/notebook/1", "/2"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--file {folder}/none.http", "{folder}/none.http cannot be read: No such file or directory."),
        ("--file {folder}", "{folder} cannot be read: Is a directory."),
        ("--file {folder}/bytes.http", "{folder}/bytes.http cannot be read: 'utf-8' codec can't decode"),
        ("--file a.http :3000", "--file is followed by :3000: expected --file FILE.http [--name NAME]."),
        ("--file {folder}/inner/a.http", "Line 3, column 6 of {folder}/inner/a.http: {{host}} has no value (NameErr"),
        ("--file {folder}/inner/a.http --env test", "No environment is called test. There are: dev, prod."),
        (
            "--file {folder}/inner/a.http --name x",
            "No request of {folder}/inner/a.http is called x. There are: one, Two.",
        ),
    ],
)
def test_mistakes_with_files(line: str, message: str, folder: Path) -> None:
    (folder / "bytes.http").write_bytes(b"\xff")
    with pytest.raises(Mistake) as raised:
        ask(line.replace("{folder}", str(folder)), {})
    assert str(raised.value).startswith(message.replace("{folder}", str(folder)))


# --- lines


def test_items_of_a_line(names: Names) -> None:
    exchange = one(ask("PUT {{base}}/a q==1 X-Word:{{word}} name=Ann", {**names, "word": "hey"}))
    told = exchange.json()
    assert (told["method"], told["url"], told["x-word"], json.loads(told["body"])) == (
        "PUT",
        "/a?q=1",
        "hey",
        {"name": "Ann"},
    )


def test_a_line_follows_no_redirects_and_keeps_no_cookies(names: Names) -> None:
    assert one(ask("{{base}}/old", names)).status == 302
    assert one(ask("--follow {{base}}/old", names)).status == 200
    ask("{{base}}/cookie", names)
    assert "cookie" not in one(ask("{{base}}/1", names)).json()
    ask("--session s {{base}}/cookie", names)
    assert one(ask("--session s {{base}}/1", names)).json()["cookie"] == "flavour=oat"


def test_a_line_offline(names: Names) -> None:
    draft = ask("--offline {{base}}/a", names)
    assert isinstance(draft, Draft)
    assert draft.url == f"{names['base']}/a"


def test_curl(names: Names) -> None:
    for exchange in (
        one(ask(f"curl {names['base']}/a -d x=1", names)),
        one(ask_curl(f"curl {names['base']}/a -d x=1")),
    ):
        told = exchange.json()
        assert (told["method"], told["url"], told["body"]) == ("POST", "/a", "x=1")


def test_downloads_have_names_of_their_own(names: Names, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for _ in range(3):
        ask("--download {{base}}/dir/report.json?x=1", names)
    ask("--download {{base}}/", names)
    names_there = sorted(path.name for path in tmp_path.iterdir())
    assert names_there == ["download", "report-2.json", "report-3.json", "report.json"]
    assert json.loads((tmp_path / "report-2.json").read_text())["url"] == "/dir/report.json?x=1"


def test_what_has_come_is_seen(names: Names) -> None:
    seen: list[Exchange] = []
    exchange = one(ask("{{base}}/a", names, seen.append))
    assert all(each.request.url == exchange.request.url for each in seen)


def test_names_are_not_needed(port: int) -> None:
    assert one(ask(f":{port}/a")).status == 200
    assert len(ask_text(f"GET :{port}/a")) == 1
