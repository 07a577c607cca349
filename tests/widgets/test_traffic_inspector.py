"""TrafficInspector as people use it: look, filter, sort, open, replay, save."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Locator, expect

from tests.jupyter import Notebook
from tests.widgets.conftest import accessible

SERVER = """
async def handler(req, res):
    body = await req.bytes()
    if req.url.startswith("/wait"):
        await asyncio.sleep(0.03)
    res.statusCode = 404 if "missing" in req.url else 200
    res.setHeader("Content-Type", "application/json")
    res.end(json.dumps({"got": body.decode(), "path": req.url}))

server = http.createServer(handler)
server.listen(0)

def ask(path, method="GET", headers=(), body=b"", **more):
    return http.send(method, server.url + path, headers, body, **more)
"""


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    notebook.run(SERVER)
    return notebook.run("inspector = TrafficInspector()\ninspector")


def rows(shown: Locator) -> Locator:
    return shown.locator(".httpkit-rows").get_by_role("row")


def cells(shown: Locator, column: int) -> list[str]:
    """What the rows say in a column, from top to bottom as they are seen."""
    in_order = sorted(rows(shown).all(), key=lambda row: (row.bounding_box() or {"y": 0})["y"])
    return [row.get_by_role("gridcell").nth(column).inner_text() for row in in_order]


def details(shown: Locator) -> Locator:
    return shown.get_by_role("region", name="Details")


def test_what_is_sent_and_served_is_listed_while_it_happens(notebook: Notebook, shown: Locator) -> None:
    expect(rows(shown)).to_have_count(0)
    notebook.run("ask('people', 'POST', body='x')\nask('missing')")
    expect(rows(shown)).to_have_count(2)
    first = rows(shown).first
    expect(first).to_contain_text("POST")
    expect(first).to_contain_text("/people")
    expect(first).to_contain_text("json")
    expect(rows(shown).nth(1)).to_contain_text("404")
    expect(shown.locator(".httpkit-count")).to_contain_text("2 exchanges")


def test_rows_come_while_a_cell_is_busy(notebook: Notebook, shown: Locator) -> None:
    port = int(notebook.run("print(server.port)").locator("pre").inner_text())
    notebook.page.evaluate(
        """() => {
            const { content } = jupyterapp.shell.currentWidget
            const { sharedModel } = content.model
            const source = "while len(recorder.entries) < 2: time.sleep(0.01)"
            sharedModel.insertCell(sharedModel.cells.length, { cell_type: 'code', source, metadata: { trusted: true } })
            content.activeCellIndex = sharedModel.cells.length - 1
            jupyterapp.commands.execute('notebook:run-cell')
        }"""
    )
    urlopen(f"http://127.0.0.1:{port}/early").close()
    expect(rows(shown)).to_have_count(1)
    expect(rows(shown)).to_contain_text("/early")
    # It answers meanwhile, too.
    rows(shown).click()
    expect(details(shown).get_by_role("tabpanel")).to_contain_text("HTTP/1.1 200 OK")
    expect(notebook.cells.last.locator(".jp-InputPrompt")).to_have_text("[*]:")
    urlopen(f"http://127.0.0.1:{port}/late").close()
    expect(rows(shown)).to_have_count(2)


def test_what_was_there_before_is_listed_too(notebook: Notebook) -> None:
    notebook.run(SERVER + "\nrecorder.start()\nfor n in range(5): ask(f'before/{n}')")
    shown = notebook.run("TrafficInspector()")
    expect(rows(shown)).to_have_count(5)


def test_words_filter(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('people', 'POST')\nask('people')\nask('missing')")
    search = shown.get_by_role("searchbox")
    for words, found in (("post", 1), ("4xx", 1), ("errors", 1), ("people", 2), ("get people", 1), ("server", 3)):
        search.fill(words)
        expect(rows(shown)).to_have_count(found)
    expect(shown.locator(".httpkit-count")).to_contain_text("3 exchanges")
    search.fill("nothing like it")
    expect(rows(shown)).to_have_count(0)
    notebook.run("await until(lambda: inspector.filter == 'nothing like it')")
    notebook.run("inspector.filter = 'missing'\nassert len(inspector.entries) == 1")
    expect(rows(shown)).to_have_count(1)


def test_headers_and_bodies_are_searched_on_request(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('a', 'POST', {'X-Colour': 'purple'}, 'elephant')\nask('b')")
    expect(rows(shown)).to_have_count(2)
    shown.get_by_role("searchbox").fill("elephant")
    expect(rows(shown)).to_have_count(0)
    shown.get_by_role("checkbox").check()
    expect(rows(shown)).to_have_count(1)
    shown.get_by_role("searchbox").fill("purple")
    expect(rows(shown)).to_contain_text("/a")
    notebook.run("ask('c', 'POST', body='purple')")
    expect(rows(shown)).to_have_count(2)


def test_columns_sort(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('b', 'POST', body='xxxx')\nask('c', 'PUT', body='xxxxxxxx')\nask('a')")
    expect(rows(shown)).to_have_count(3)
    shown.get_by_role("button", name="Method").click()
    expect(shown.get_by_role("columnheader", name="Method")).to_have_attribute("aria-sort", "ascending")
    assert cells(shown, 1) == ["GET", "POST", "PUT"]
    shown.get_by_role("button", name="Size").click()
    shown.get_by_role("button", name="Size").click()
    expect(shown.get_by_role("columnheader", name="Size")).to_have_attribute("aria-sort", "descending")
    assert cells(shown, 1) == ["PUT", "POST", "GET"]


def test_each_tab_has_its_part(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('people?q=1', 'POST', {'X-Mine': 'yes'}, '{\"name\": \"Ann\"}')")
    rows(shown).click()
    panel = details(shown).get_by_role("tabpanel")
    expect(panel).to_contain_text("X-Mine")
    for tab, text in (
        ("Body", '"path"'),
        ("Timing", "waiting for the first byte of the answer"),
        ("Both sides", "'request': the handler is called"),
        ("Wire", "POST"),
        ("Code", "curl"),
        ("Headers", "HTTP/1.1 200 OK"),
    ):
        details(shown).get_by_role("tab", name=tab).click()
        expect(panel).to_contain_text(text)


def test_both_sides_are_on_one_clock(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('people', 'POST', body='hello')")
    rows(shown).click()
    details(shown).get_by_role("tab", name="Both sides").click()
    table = details(shown).get_by_role("table", name="What happened")
    for heading in ("Time", "Client", "Wire", "Server"):
        expect(table.get_by_role("columnheader", name=heading)).to_be_visible()
    expect(table).to_contain_text("POST /people")
    said = table.inner_text()
    order = ["'socket'", "'request': the handler is called", "res.end", "'response': the head is here", "'end'"]
    places = [said.index(each) for each in order]
    assert places == sorted(places)
    details(shown).get_by_role("combobox", name="Seen by").select_option("server")
    details(shown).get_by_role("tab", name="Wire").click()
    expect(details(shown).get_by_role("tabpanel")).to_contain_text("Sent: ")
    expect(details(shown).get_by_role("tabpanel")).not_to_contain_text("Received: ")


def test_connections_show_which_socket_carried_what_and_who_waited(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "agent = http.Agent(keepAlive=True, maxSockets=2)\n"
        "await asyncio.gather(*[http.asend('GET', server.url + f'wait/{n}', agent=agent) for n in range(6)])"
    )
    shown.get_by_role("tab", name="Connections").click()
    lanes = shown.get_by_role("group", name="Connections", exact=True)
    expect(lanes.get_by_role("group")).to_have_count(2)
    expect(lanes.get_by_role("button")).to_have_count(6)
    expect(lanes.get_by_role("button", name=re.compile(r"wait.[2-5].* waited"))).to_have_count(4)
    assert (
        sum(int(lane.split(" request")[0].rsplit(None, 1)[-1]) for lane in lanes.get_by_role("group").all_inner_texts())
        == 6
    )
    lanes.get_by_role("button", name="/wait/5").click()
    expect(details(shown)).to_contain_text("/wait/5")


def test_keys_do_everything(notebook: Notebook, shown: Locator) -> None:
    notebook.run("for n in range(50): ask(f'n/{n}')")
    page = notebook.page
    grid = shown.get_by_role("grid")
    expect(shown.locator(".httpkit-count")).to_contain_text("50 exchanges")
    grid.focus()
    page.keyboard.press("Home")
    expect(details(shown)).to_contain_text("/n/0")
    page.keyboard.press("ArrowDown")
    expect(details(shown)).to_contain_text("/n/1")
    page.keyboard.press("End")
    expect(details(shown)).to_contain_text("/n/49")
    page.keyboard.press("PageUp")
    expect(details(shown)).not_to_contain_text("/n/49")
    selected = shown.locator("[role=row][aria-selected=true]")
    expect(selected).to_have_count(1)
    expect(grid).to_have_attribute("aria-activedescendant", selected.get_attribute("id") or "")
    page.keyboard.press("Enter")
    expect(details(shown).get_by_role("tab", name="Headers")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(details(shown).get_by_role("tab", name="Body")).to_be_focused()
    page.keyboard.press("Escape")
    expect(details(shown)).to_be_hidden()
    expect(grid).to_be_focused()
    # What JupyterLab would do with these keys.
    page.keyboard.press("x")
    page.keyboard.press("d")
    page.keyboard.press("d")
    expect(shown).to_be_visible()
    shown.get_by_role("tab", name="Table").focus()
    page.keyboard.press("ArrowRight")
    shown.get_by_role("group", name="Connections", exact=True).get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(details(shown)).to_contain_text("/n/1")


def test_a_pause_stands_still_and_loses_nothing(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('one')")
    expect(rows(shown)).to_have_count(1)
    shown.get_by_role("button", name="Pause").click()
    expect(shown.get_by_role("button", name="Resume")).to_have_attribute("aria-pressed", "true")
    notebook.run("await until(lambda: inspector.paused)\nask('two')")
    expect(shown.locator(".httpkit-count")).to_contain_text("paused")
    expect(rows(shown)).to_have_count(1)
    shown.get_by_role("button", name="Resume").click()
    expect(rows(shown)).to_have_count(2)


def test_clear_clears_while_it_is_paused_too(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('one')")
    expect(rows(shown)).to_have_count(1)
    shown.get_by_role("button", name="Pause").click()
    shown.get_by_role("button", name="Forget all exchanges").click()
    expect(rows(shown)).to_have_count(0)
    expect(shown).to_contain_text("Nothing yet")


def test_what_was_cut_off_does_not_look_like_a_success(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "def cut(req, res):\n    res.write('some')\n    res.socket.destroySoon()\n"
        "short = http.createServer(cut)\nshort.listen(0)\n"
        "try: http.send('GET', short.url)\nexcept http.NodeError: pass"
    )
    expect(rows(shown)).to_contain_text("200")
    expect(rows(shown).locator(".httpkit-failed")).to_have_text("cut off")
    shown.get_by_role("tab", name="Connections").click()
    expect(shown.get_by_role("button", name="200 cut off")).to_be_visible()


def test_clear_forgets_all_in_every_view(notebook: Notebook, shown: Locator) -> None:
    other = notebook.run("ask('one')\nTrafficInspector()")
    expect(rows(other)).to_have_count(1)
    shown.get_by_role("button", name="Forget all exchanges").click()
    expect(rows(shown)).to_have_count(0)
    expect(rows(other)).to_have_count(0)
    notebook.run("assert recorder.entries == ()")


def test_a_request_is_sent_again(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('people', 'POST', body='hello')")
    rows(shown).click()
    details(shown).get_by_role("button", name="Send this request again").click()
    expect(rows(shown)).to_have_count(2)
    expect(rows(shown).nth(1)).to_have_attribute("aria-selected", "true")
    notebook.run(
        "first, second = inspector.entries\nassert first.exchange.request.body == second.exchange.request.body"
    )


def test_a_har_file_goes_out_and_comes_back(notebook: Notebook, shown: Locator, tmp_path: Path) -> None:
    notebook.run("ask('people?token=abcdefgh')\nask('missing')")
    expect(rows(shown)).to_have_count(2)
    with notebook.page.expect_download() as download:
        shown.get_by_role("button", name="Save what is listed").click()
    file = tmp_path / "traffic.har"
    download.value.save_as(file)
    urls = [entry["request"]["url"] for entry in json.loads(file.read_text())["log"]["entries"]]
    assert [url.rpartition("/")[2] for url in urls] == ["people?token=••••••", "missing"]
    shown.locator("input[type=file]").set_input_files(file)
    expect(rows(shown)).to_have_count(4)
    expect(shown.get_by_role("status")).to_have_text("2 exchanges were added")
    shown.locator("input[type=file]").set_input_files(
        {"name": "no.har", "mimeType": "text/plain", "buffer": b"nonsense"}
    )
    expect(shown.get_by_role("alert")).to_contain_text("This is no HAR file")


def test_ten_thousand_exchanges_are_a_few_rows_of_the_page(notebook: Notebook, shown: Locator) -> None:
    # What a server's answers would be, without the time that they take.
    notebook.run(
        "from dataclasses import replace\n"
        "seen = ask('start')\n"
        "messages = []\n"
        "tell = inspector.tell\n"
        "inspector.tell = lambda what, **content: (messages.append(what), tell(what, **content))\n"
        "for n in range(10_000):\n"
        "    recorder.add(replace(seen, request=replace(seen.request, url=f'http://h/n/{n}')))\n"
    )
    expect(shown.locator(".httpkit-count")).to_contain_text("10,000 exchanges")
    assert rows(shown).count() < 60
    expect(rows(shown).filter(has_text="h/n/9999")).to_be_visible()
    shown.get_by_role("searchbox").fill("n/1234")
    expect(rows(shown)).to_have_count(1)
    rows(shown).click()
    expect(details(shown)).to_contain_text("/n/1234")
    notebook.run("assert len(messages) < 1_000, len(messages)")
    other = notebook.run("TrafficInspector()")
    expect(other.locator(".httpkit-count")).to_contain_text("10,000 exchanges")


def test_views_agree_can_be_boxed_and_linked(notebook: Notebook, shown: Locator) -> None:
    boxed = notebook.run(
        "import ipywidgets\n"
        "words = ipywidgets.Text()\n"
        "ipywidgets.link((words, 'value'), (inspector, 'filter'))\n"
        "ipywidgets.VBox([words, inspector])"
    )
    notebook.run("ask('one')\nask('two')")
    expect(rows(boxed)).to_have_count(2)
    boxed.locator("input[type='text']").fill("two")
    expect(rows(shown)).to_have_count(1)
    expect(shown.get_by_role("searchbox")).to_have_value("two")
    rows(shown).click()
    expect(details(boxed)).to_contain_text("/two")
    notebook.run("inspector.selected = 0")
    expect(details(shown)).to_be_hidden()


def test_a_closed_view_listens_no_more(notebook: Notebook, shown: Locator) -> None:
    notebook.run("ask('one')")
    expect(rows(shown)).to_have_count(1)
    notebook.run("await until(lambda: inspector.is_open)\nassert len(recorder._listeners) == 1")
    # A new run of the cell takes its view away.
    notebook.page.evaluate(
        """() => {
            for (const cell of jupyterapp.shell.currentWidget.content.widgets) cell.model.sharedModel.setOutputs?.([])
        }"""
    )
    expect(shown.get_by_role("grid")).to_have_count(0)
    notebook.run("await until(lambda: not inspector.is_open)\nassert recorder._listeners == (), recorder._listeners")
    again = notebook.run("inspector")
    expect(rows(again)).to_have_count(1)
    notebook.run("inspector.close()\nassert recorder._listeners == ()")
    expect(again.get_by_role("grid")).to_have_count(0)


def test_nothing_serious_is_in_the_way_of_anybody(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "ask('people', 'POST', body='hello')\nask('missing')\n"
        "try: http.send('GET', 'http://localhost:1/')\nexcept http.NodeError: pass"
    )
    rows(shown).first.click()
    expect(details(shown).get_by_role("tabpanel")).to_contain_text("200 OK")
    accessible(shown)
    shown.get_by_role("tab", name="Connections").click()
    details(shown).get_by_role("tab", name="Both sides").click()
    expect(details(shown).get_by_role("table", name="What happened")).to_be_visible()
    accessible(shown)


HOSTILE = "<img src=x onerror=document.title='ran'>"


def test_what_came_over_the_wire_is_shown_and_nothing_more(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        f"""
secret = "hunter2hunter2"
def hostile(req, res):
    res.setHeader("X-Odd", "{HOSTILE}")
    res.setHeader("Set-Cookie", f"sid={{secret}}")
    res.setHeader("Content-Type", "text/plain; <b>")
    res.end("{HOSTILE} " + secret)
bad = http.createServer(hostile)
bad.listen(0)
http.send("GET", bad.url + "<svg onload=1>?token=" + secret, {{"Authorization": f"Bearer {{secret}}"}})
"""
    )
    title = notebook.page.title()
    rows(shown).click()
    for tab in ("Headers", "Body", "Timing", "Both sides", "Wire", "Code"):
        details(shown).get_by_role("tab", name=tab).click()
        expect(details(shown).get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(details(shown).get_by_role("tabpanel")).not_to_be_empty()
        html = shown.inner_html()
        assert "hunter2" not in html
        assert "<img src=x" not in html
        assert "<svg onload" not in html
    assert notebook.page.title() == title
    state = notebook.run("print(inspector.get_state())").inner_text()
    assert "hunter2" not in state.replace("secret", "")


def test_in_files_it_is_a_table(notebook: Notebook, shown: Locator) -> None:
    out = notebook.run("ask('people')\nprint(inspector.to_html())").inner_text()
    assert "/people" in out
    assert "<table" in out
