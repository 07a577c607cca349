"""AgentView: what an Agent's sockets do, while they do it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.jupyter import Notebook
from tests.widgets.conftest import accessible

SERVER = """
import threading
gate = asyncio.Event()
async def handler(req, res):
    if "wait" in req.url:
        waiting.append(res)
    else:
        res.end("hello")

waiting = []
def let_go():
    while waiting:
        waiting.pop().end("at last")

server = http.createServer(handler)
server.listen(0)
agent = http.Agent(keepAlive=True, maxSockets=2)
"""


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    notebook.run(SERVER)
    shown = notebook.run("view = AgentView(agent)\nview")
    # What stands in for it says the same, and listens to nothing.
    expect(shown.locator(".httpkit-live")).to_be_visible()
    return shown


def test_sockets_in_use_free_and_waited_for(notebook: Notebook, shown: Locator) -> None:
    expect(shown).to_contain_text("No socket is open")
    notebook.run("requests = [http.get(f'{server.url}wait/{n}?token=tok-12345678', agent=agent) for n in range(5)]")
    expect(shown).to_contain_text("2 in use")
    expect(shown).to_contain_text("3 waiting")
    sockets = shown.get_by_role("list", name="Sockets").get_by_role("listitem")
    expect(sockets).to_have_count(2)
    expect(sockets.first).to_contain_text("GET /wait/0?token=••••••")
    expect(shown.get_by_role("list", name="Waiting").get_by_role("listitem")).to_have_count(3)
    notebook.run("for _ in range(3):\n    let_go(); await asyncio.sleep(0.1)\nfor each in requests: await each")
    expect(shown).to_contain_text("0 in use")
    expect(shown).to_contain_text("2 free")
    expect(sockets.first).to_contain_text("free: kept for the next request")
    carried = re.findall(r"port \d+ · (\d+) request", " ".join(sockets.all_inner_texts()))
    assert sum(map(int, carried)) == 5
    expect(shown).to_contain_text("no limit over all origins. The socket that was used most recently is taken first.")
    assert "12345678" not in shown.inner_html()


def test_what_is_over_before_one_can_look_is_counted(notebook: Notebook, shown: Locator) -> None:
    expect(shown).to_contain_text("No socket is open")
    notebook.run("await asyncio.gather(*[http.asend('GET', server.url, agent=agent) for _ in range(6)])")
    expect(shown).to_contain_text("at most 4")
    expect(shown).to_contain_text("2 free")


def test_closed_sockets_go(notebook: Notebook, shown: Locator) -> None:
    notebook.run("http.send('GET', server.url, agent=agent)")
    expect(shown).to_contain_text("1 free")
    notebook.run("agent.destroy()")
    expect(shown).to_contain_text("No socket is open")


def test_traits_can_be_linked(notebook: Notebook, shown: Locator) -> None:
    boxed = notebook.run(
        "import ipywidgets\n"
        "count = ipywidgets.IntText()\n"
        "ipywidgets.dlink((view, 'busy'), (count, 'value'))\n"
        "ipywidgets.VBox([count, view])"
    )
    notebook.run("requests = [http.get(f'{server.url}wait', agent=agent) for n in range(2)]")
    expect(boxed.locator("input")).to_have_value("2")
    expect(shown).to_contain_text("2 in use")
    notebook.run("let_go()")
    expect(boxed.locator("input")).to_have_value("0")


def test_a_closed_view_listens_no_more(notebook: Notebook, shown: Locator) -> None:
    expect(shown).to_contain_text("in use")
    notebook.run("assert agent.listenerCount('free') == 2")
    notebook.run(
        "view.close()\n"
        "assert agent.listenerCount('free') == 1\n"
        "from httpkit.diagnostics import CLIENT_REQUEST_CREATED\n"
        "assert not any('Agent' in str(each) for each in CLIENT_REQUEST_CREATED.subscribers)\n"
        "for thread in threading.enumerate():\n"
        "    if thread.name == 'httpkit-ticker': thread.join(5)\n"
        "assert 'httpkit-ticker' not in [thread.name for thread in threading.enumerate()]"
    )


def test_nothing_serious_is_in_the_way_of_anybody(notebook: Notebook, shown: Locator) -> None:
    notebook.run("requests = [http.get(f'{server.url}wait/{n}', agent=agent) for n in range(5)]")
    expect(shown).to_contain_text("3 waiting")
    accessible(shown)


def test_in_files_it_is_a_table(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "http.send('GET', server.url, agent=agent)\nassert '1 free' in view.to_html() and '<table' in view.to_html()"
    )
