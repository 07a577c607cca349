"""RequestBuilder as people use it: fill in, send, read, take it along as code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.jupyter import Notebook
from tests.widgets.conftest import accessible

SERVER = """
async def handler(req, res):
    body = await req.bytes()
    if req.url.startswith("/never"):
        res.writeHead(200, {"Content-Type": "text/event-stream"})
        res.write("data: first\\n\\n")
        return
    res.setHeader("Content-Type", "application/json")
    res.end(json.dumps({"method": req.method, "url": req.url, "headers": dict(req.headers), "body": body.decode()}))

server = http.createServer(handler)
server.listen(0)
"""


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    notebook.run(SERVER)
    return notebook.run("builder = RequestBuilder(f'GET :{server.port}/')\nbuilder")


def answer(shown: Locator) -> Locator:
    return shown.get_by_role("region", name="Answer")


def open_tab(shown: Locator, name: str) -> None:
    shown.get_by_role("tablist", name="Request").get_by_role("tab", name=name).click()


def fill_row(shown: Locator, what: str, number: int, name: str, value: str) -> None:
    shown.get_by_label(f"Name of {what} {number}").filter(visible=True).fill(name)
    shown.get_by_label(f"Value of {what} {number}").filter(visible=True).fill(value)
    shown.get_by_label(f"Value of {what} {number}").filter(visible=True).blur()


def send(shown: Locator) -> None:
    shown.get_by_role("button", name="Send the request").click()


def seen(notebook: Notebook, expression: str) -> str:
    """What an expression is worth in the kernel, as it is printed."""
    return notebook.run(f"print({expression})").locator("pre").inner_text().strip()


def test_a_request_is_filled_in_and_sent_by_keyboard_alone(notebook: Notebook, shown: Locator) -> None:
    page = notebook.page
    shown.get_by_label("Method", exact=True).focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("post")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    page.keyboard.type("people?q=a b")
    page.keyboard.press("Enter")
    expect(answer(shown)).to_contain_text("200 OK")
    expect(shown.get_by_label("Method", exact=True)).to_have_value("POST")
    expect(shown.get_by_label("URL", exact=True)).to_have_value(re.compile(r"/people\?q=a\+b$"))
    expect(shown.get_by_label("Name of parameter 1")).to_have_value("q")
    expect(shown.get_by_label("Value of parameter 1")).to_have_value("a b")
    expect(shown.get_by_label("URL", exact=True)).to_be_focused()
    assert seen(notebook, "builder.exchange.json()['url'], builder.status, builder.busy") == "/people?q=a+b 200 False"
    expect(shown.get_by_role("status")).to_have_text("Answered 200")


def test_headers_are_completed_explained_and_sent(notebook: Notebook, shown: Locator) -> None:
    open_tab(shown, "Headers")
    name = shown.get_by_label("Name of header 1")
    names = notebook.page.locator(f'datalist[id="{name.get_attribute("list")}"] option')
    assert "If-None-Match" in [option.get_attribute("value") for option in names.all()]
    name.fill("accept")
    expect(shown.get_by_role("note").filter(visible=True)).to_contain_text("The media types the client would like")
    value = shown.get_by_label("Value of header 1")
    value.focus()
    values = notebook.page.locator(f'datalist[id="{value.get_attribute("list")}"] option')
    assert "application/json" in [option.get_attribute("value") for option in values.all()]
    value.fill("text/plain")
    value.blur()
    fill_row(shown, "header", 2, "X-Two", "2")
    shown.get_by_label("Send header 2").uncheck()
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    headers = json.loads(seen(notebook, "json.dumps(builder.exchange.json()['headers'])"))
    assert headers["accept"] == "text/plain"
    assert "x-two" not in headers
    shown.get_by_role("button", name="Remove header 1").click()
    expect(shown.get_by_label("Name of header 1")).to_have_value("X-Two")


def test_json_is_checked_formatted_and_sent(notebook: Notebook, shown: Locator) -> None:
    open_tab(shown, "Body")
    shown.get_by_label("Kind of body").select_option("json")
    body = shown.get_by_label("Body text")
    body.fill('{"a": [1,')
    expect(shown.get_by_text("Not JSON yet")).to_be_visible()
    send(shown)
    expect(shown.get_by_role("alert")).to_contain_text("The body is not JSON")
    body.fill('{"a": [1]}')
    expect(shown.get_by_text("Not JSON yet")).to_have_count(0)
    shown.get_by_role("button", name="Format the JSON").click()
    expect(body).to_have_value('{\n  "a": [\n    1\n  ]\n}')
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    expect(shown.get_by_role("alert")).to_be_hidden()
    assert seen(notebook, "json.loads(builder.exchange.json()['body'])") == "{'a': [1]}"
    assert seen(notebook, "builder.exchange.json()['headers']['content-type']") == "application/json"


def test_forms_and_files(notebook: Notebook, shown: Locator, tmp_path: Path) -> None:
    open_tab(shown, "Body")
    shown.get_by_label("Kind of body").select_option("form")
    fill_row(shown, "field", 1, "a", "1 2")
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    assert seen(notebook, "builder.exchange.json()['body']") == "a=1+2"
    shown.get_by_label("Kind of body").select_option("multipart")
    file = tmp_path / "photo.txt"
    file.write_text("from the browser")
    shown.get_by_label("Name of part 2").fill("photo")
    shown.get_by_label("Name of part 2").blur()
    shown.locator("input[type=file]").nth(1).set_input_files(file)
    expect(shown.get_by_label("Value of part 2")).to_have_value("photo.txt")
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    body = seen(notebook, "builder.exchange.json()['body']")
    assert 'filename="photo.txt"' in body
    assert "from the browser" in body


def test_names_of_the_notebook_fill_templates(notebook: Notebook, shown: Locator) -> None:
    notebook.run("token = 'tok-987654321'")
    open_tab(shown, "Auth")
    shown.get_by_label("Kind of credentials").select_option("bearer")
    shown.get_by_label("Password or token").fill("{{token}}")
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    assert seen(notebook, "builder.exchange.json()['headers']['authorization'] == f'Bearer {token}'") == "True"
    assert "987654321" not in shown.inner_html()


def test_a_secret_that_is_typed_stays_in_the_kernel(notebook: Notebook, shown: Locator) -> None:
    url = shown.get_by_label("URL", exact=True)
    url.fill(f"http://ann:pass-12345678@127.0.0.1:{seen(notebook, 'server.port')}/w?token=tok-12345678")
    url.blur()
    expect(shown.get_by_label("Value of parameter 1")).to_have_value("••••••")
    # What is edited around a secret keeps it.
    url.fill(url.input_value().replace("/w?", "/x?"))
    url.blur()
    open_tab(shown, "Headers")
    fill_row(shown, "header", 1, "X-Api-Key", "key-12345678")
    expect(shown.get_by_label("Value of header 1")).to_have_value("••••••")
    open_tab(shown, "Body")
    shown.get_by_label("Kind of body").select_option("json")
    shown.get_by_label("Body text").fill('{"password": "body-12345678"}')
    shown.get_by_label("Body text").blur()
    expect(shown.get_by_label("Body text")).to_have_value('{"password": "••••••"}')
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    sent = json.loads(seen(notebook, "json.dumps(builder.exchange.json())"))
    assert sent["url"] == "/x?token=tok-12345678"
    assert sent["headers"]["x-api-key"] == "key-12345678"
    assert sent["headers"]["authorization"].startswith("Basic ")
    assert sent["body"] == '{"password": "body-12345678"}'
    open_tab(shown, "Code")
    for language in ("Node.js", "curl", "HTTPie", "%%http cell", "Python"):
        shown.get_by_role("tab", name=language).click()
        expect(shown.get_by_role("tablist", name="Language").get_by_role("tab", name=language)).to_have_attribute(
            "aria-selected", "true"
        )
        assert "12345678" not in shown.inner_html()
    values = notebook.page.evaluate(
        "[...document.querySelectorAll('.httpkit-live :is(input, textarea)')].map(e => e.value)"
    )
    assert "12345678" not in json.dumps(values)
    assert "12345678" not in seen(notebook, "builder.get_state()")
    # Those that only the kernel has, in another view.
    other = notebook.run("builder")
    expect(other.get_by_label("Value of parameter 1")).to_have_value("••••••")


def test_the_request_as_code_and_as_a_cell(notebook: Notebook, shown: Locator) -> None:
    open_tab(shown, "Code")
    code = shown.get_by_role("tabpanel").last
    for language, text in (
        ("Node.js", "from 'node:http'"),
        ("curl", "curl "),
        ("%%http cell", "%%http"),
        ("Python", "http.send("),
    ):
        shown.get_by_role("tab", name=language).click()
        expect(code).to_contain_text(text)
    cells = notebook.cells.count()
    shown.get_by_role("button", name="Insert the request").click()
    expect(notebook.cells).to_have_count(cells + 1)
    below = notebook.page.evaluate(
        """() => {
            const { cells } = jupyterapp.shell.currentWidget.content.model.sharedModel
            return cells.map(cell => cell.source).filter(source => source.startsWith('%%http'))
        }"""
    )
    assert below == [f"%%http\n# @no-redirect\nGET http://localhost:{seen(notebook, 'server.port')}/\nAccept: */*"]


def test_an_answer_that_does_not_end_is_shown_as_it_grows_and_cancelled(notebook: Notebook, shown: Locator) -> None:
    shown.get_by_label("URL", exact=True).fill(f":{seen(notebook, 'server.port')}/never")
    send(shown)
    expect(answer(shown)).to_contain_text("first")
    expect(answer(shown)).to_have_attribute("aria-busy", "true")
    shown.get_by_role("button", name="Stop waiting").click()
    expect(answer(shown)).to_contain_text("The answer is not complete")
    expect(shown.get_by_role("button", name="Send the request")).to_be_visible()
    assert seen(notebook, "builder.exchange.complete") == "False"


def test_what_fails_says_why(notebook: Notebook, shown: Locator) -> None:
    shown.get_by_label("URL", exact=True).fill("http://localhost:1/")
    send(shown)
    expect(answer(shown)).to_contain_text("ECONNREFUSED")
    expect(shown.get_by_role("status")).to_have_text("The request failed")
    shown.get_by_label("URL", exact=True).fill("not a url")
    send(shown)
    expect(shown.get_by_role("alert").filter(has_text="is not a URL")).to_be_visible()


def test_history_brings_back_what_was_sent(notebook: Notebook, shown: Locator) -> None:
    port = seen(notebook, "server.port")
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    shown.get_by_label("URL", exact=True).fill(f":{port}/second")
    send(shown)
    expect(answer(shown)).to_contain_text("/second")
    open_tab(shown, "History")
    history = shown.get_by_role("group", name="History").get_by_role("button")
    expect(history).to_have_count(2)
    history.last.click()
    expect(shown.get_by_label("URL", exact=True)).to_have_value(f"http://localhost:{port}/")
    expect(answer(shown)).not_to_contain_text("/second")


def test_python_drives_it_and_views_agree(notebook: Notebook, shown: Locator) -> None:
    boxed = notebook.run("import ipywidgets\nipywidgets.HBox([builder])")
    notebook.run(
        "from dataclasses import replace\n"
        "builder.method = 'put'\n"
        "builder.url = f'http://127.0.0.1:{server.port}/from/python?token=tok-12345678'\n"
        "builder.form = replace(builder.form, kind='json', text='[1]')\n"
        "builder.tab = 'body'\n"
        "exchange = builder.ask()\n"
        "assert (exchange.json()['url'], exchange.json()['body']) == ('/from/python?token=tok-12345678', '[1]')\n"
        "assert '12345678' not in str(builder.get_state())"
    )
    for view in (shown, boxed):
        expect(view.get_by_label("Method", exact=True)).to_have_value("PUT")
        expect(view.get_by_label("Body text")).to_have_value("[1]")
        expect(answer(view)).to_contain_text("200 OK")
    boxed.get_by_label("Body text").fill("[2]")
    boxed.get_by_label("Body text").blur()
    expect(shown.get_by_label("Body text")).to_have_value("[2]")


def test_an_exchange_is_edited_and_sent_again(notebook: Notebook) -> None:
    notebook.run(SERVER)
    shown = notebook.run(
        "seen = http.send('POST', f'{server.url}a?b=1', {'Content-Type': 'application/json'}, '{\"a\": 1}')\n"
        "builder = RequestBuilder(seen)\nbuilder"
    )
    open_tab(shown, "Body")
    expect(shown.get_by_label("Body text")).to_have_value('{"a": 1}')
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    notebook.run("assert builder.exchange.request.body == seen.request.body")


def test_a_request_of_a_stranger_is_only_text(notebook: Notebook) -> None:
    notebook.run(SERVER)
    shown = notebook.run(
        "from urllib.request import Request, urlopen\n"
        "ran = []\n"
        "urlopen(Request(server.url + 'x', headers={'X-A': '{{ran.append(1)}}'})).close()\n"
        "builder = RequestBuilder(recorder.entries[-1].exchange)\nbuilder"
    )
    open_tab(shown, "Code")
    expect(shown.get_by_role("tabpanel").last).to_contain_text("X-A")
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    notebook.run("assert ran == []\nassert builder.exchange.json()['headers']['x-a'] == '{{ran.append(1)}}'")


def test_nothing_serious_is_in_the_way_of_anybody(notebook: Notebook, shown: Locator) -> None:
    send(shown)
    expect(answer(shown)).to_contain_text("200 OK")
    for tab in ("Query", "Headers", "Body", "Auth", "Options", "Code", "History"):
        open_tab(shown, tab)
        accessible(shown)


def test_in_files_it_is_the_request_and_the_answer(notebook: Notebook, shown: Locator) -> None:
    assert "not sent" in seen(notebook, "builder.to_html()")
    assert "200 OK" in seen(notebook, "(builder.ask(), builder.to_html())[1]")
