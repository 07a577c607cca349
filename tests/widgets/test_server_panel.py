"""ServerPanel as people use it: the link, the switch, the log, and what holds a server up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.jupyter import Notebook
from tests.widgets.conftest import accessible

SERVER = """\
import threading
gate = threading.Event()
def handler(req, res):
    if req.url == "/hold":
        gate.wait(60)
    if req.url == "/open":
        gate.set()
    res.statusCode = 404 if req.url == "/nowhere" else 200
    res.end("hello")
server = http.createServer(handler).listen(0)
port = server.port
panel = ServerPanel(server)
panel
"""


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    shown = notebook.run(SERVER)
    expect(shown.get_by_role("link")).to_be_visible()
    return shown


def value(notebook: Notebook, expression: str) -> str:
    """What an expression shows in the kernel."""
    return notebook.run(expression).locator(".jp-OutputArea-output").inner_text().strip()


def requests(shown: Locator) -> Locator:
    return shown.get_by_role("region", name="Requests")


def row(shown: Locator, path: str) -> Locator:
    return requests(shown).get_by_role("row", name=path)


def facts(shown: Locator) -> Locator:
    return shown.get_by_role("region", name="Connections and event loop")


def held(shown: Locator) -> Locator:
    return shown.get_by_role("group", name="What holds the server up")


def test_requests_are_listed_as_they_come_the_newest_first(notebook: Notebook, shown: Locator) -> None:
    expect(requests(shown)).to_contain_text("No request yet.")
    notebook.run("for path in ('tea', 'nowhere'): http.send('GET', server.url + path)")
    expect(requests(shown).locator("tbody tr td:nth-child(3)")).to_have_text(["/nowhere", "/tea"])
    expect(row(shown, "/nowhere")).to_have_text(re.compile(r"^\d\d:\d\d:\d\dGET/nowhere404\d+\.\d5 B$"))
    expect(requests(shown).get_by_text("No request yet.")).to_be_hidden()


def test_requests_of_before_are_listed_and_those_of_other_servers_are_not(notebook: Notebook) -> None:
    notebook.run(
        "recorder.start()\nfirst, second = (http.createServer(lambda req, res: res.end()).listen(0) for _ in 'ab')"
    )
    notebook.run("http.send('GET', first.url + 'mine')\nhttp.send('GET', second.url + 'other')")
    shown = notebook.run("ServerPanel(first)")
    expect(row(shown, "/mine")).to_be_visible()
    notebook.run("http.send('GET', second.url + 'other')\nhttp.send('GET', first.url + 'again')")
    expect(requests(shown).locator("tbody tr td:nth-child(3)")).to_have_text(["/again", "/mine"])


def test_a_request_that_waits_is_pending_and_then_answered(notebook: Notebook) -> None:
    shown = notebook.run(
        "waiting = []\nserver = http.createServer(lambda req, res: waiting.append(res)).listen(0)\nServerPanel(server)"
    )
    notebook.run("request = http.get(server.url + 'slow')")
    expect(row(shown, "/slow")).to_contain_text("pending")
    expect(facts(shown)).to_contain_text("busy")
    notebook.run("waiting[0].end('done')")
    expect(row(shown, "/slow")).to_contain_text("200")
    notebook.run("request = http.get(server.url + 'gone')")
    expect(row(shown, "/gone")).to_contain_text("pending")
    notebook.run("request.on('error', lambda error: None)\nrequest.destroy()")
    expect(row(shown, "/gone")).to_contain_text("cut off")


CUT = """
def begins(req, res):
    res.write("the beginning", lambda *_: req.socket.destroy())
cutting = http.createServer(begins).listen(0)
ServerPanel(cutting)
"""


def test_an_answer_that_was_cut_off_says_so_beside_its_status(notebook: Notebook) -> None:
    shown = notebook.run(CUT)
    expect(shown.get_by_role("link")).to_be_visible()
    notebook.run("try: http.send('GET', cutting.url + 'cut')\nexcept http.NodeError: pass")
    expect(row(shown, "/cut").get_by_role("cell").nth(3)).to_have_text("200 cut off")


def test_nothing_moves_when_an_answer_comes(notebook: Notebook) -> None:
    shown = notebook.run(
        "waiting = []\nserver = http.createServer(lambda req, res: waiting.append(res)).listen(0)\nServerPanel(server)"
    )
    notebook.run("request = http.get(server.url + 'slow')")
    expect(row(shown, "/slow")).to_contain_text("pending")
    lefts = "all => all.map(each => Math.round(each.getBoundingClientRect().left))"
    before = requests(shown).get_by_role("columnheader").evaluate_all(lefts)
    notebook.run("waiting[0].end('x' * 100_000)")
    expect(row(shown, "/slow")).to_contain_text("100.0 kB")
    assert requests(shown).get_by_role("columnheader").evaluate_all(lefts) == before


ATTACK = """
import socket
with socket.create_connection(("127.0.0.1", port)) as client:
    client.sendall(b"GET /<img/src=x>?token=sesame77 HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
    while client.recv(999):
        pass
"""


def test_nothing_of_a_request_is_a_secret_or_markup(notebook: Notebook, shown: Locator) -> None:
    notebook.run(ATTACK)
    expect(row(shown, "/<img/src=x>")).to_contain_text("token=••••••")
    assert requests(shown).locator("img").count() == 0
    assert "sesame77" not in shown.inner_html()
    assert value(notebook, "'sesame77' in str(panel.get_state()) + str(panel._rows)") == "False"


def test_only_the_last_500_are_kept(notebook: Notebook, shown: Locator) -> None:
    notebook.run("for n in range(520): http.send('GET', f'{server.url}number-{n}')")
    expect(row(shown, "/number-519")).to_be_visible()
    expect(requests(shown).locator("tbody tr")).to_have_count(500)
    expect(requests(shown).locator("tbody tr").first).to_contain_text("/number-519")
    expect(requests(shown).locator("tbody tr").last).to_contain_text("/number-20")


def test_it_goes_on_while_a_cell_is_busy(notebook: Notebook, shown: Locator) -> None:
    port = value(notebook, "port")
    notebook.page.evaluate(
        """() => {
            const { content } = jupyterapp.shell.currentWidget
            const cells = content.model.sharedModel
            const metadata = { trusted: true }
            cells.insertCell(cells.cells.length, { cell_type: 'code', source: 'gate.wait(60)', metadata })
            content.activeCellIndex = cells.cells.length - 1
            jupyterapp.commands.execute('notebook:run-cell')
        }"""
    )
    expect(notebook.cells.last.locator(".jp-InputPrompt")).to_have_text("[*]:")
    notebook.page.request.get(f"http://127.0.0.1:{port}/meanwhile")
    expect(row(shown, "/meanwhile")).to_contain_text("200")
    expect(notebook.cells.last.locator(".jp-InputPrompt")).to_have_text("[*]:")
    notebook.page.request.get(f"http://127.0.0.1:{port}/open")
    expect(notebook.cells.last.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\d+"))


def test_what_holds_the_loop_is_named_while_it_does_and_until_it_is_dismissed(
    notebook: Notebook, shown: Locator
) -> None:
    expect(held(shown)).to_be_hidden()
    notebook.run("request = http.get(server.url + 'hold')")
    expect(held(shown)).to_contain_text(
        re.compile(
            r"A handler has been holding the event loop for \d+\.\d s, in Cell In\[\d+\], line 5: gate.wait\(60\)"
        )
    )
    expect(held(shown)).to_contain_text("Nothing else is answered meanwhile. Use await asyncio.sleep(…)")
    expect(row(shown, "/hold")).to_contain_text("pending")
    expect(held(shown)).to_contain_text("for 1.")
    notebook.run("gate.set()")
    expect(held(shown)).to_contain_text(
        re.compile(r"The event loop was blocked for \d+\.\d s \(last time at \d\d:\d\d:\d\d\)")
    )
    other = notebook.run("panel")
    expect(held(other)).to_contain_text("gate.wait(60)")
    other.get_by_role("button", name="Dismiss the warning").press("Enter")
    expect(held(other)).to_be_hidden()
    expect(held(shown)).to_be_hidden()
    expect(other.get_by_role("button", name="Stop")).to_be_focused()


def test_stop_and_start_by_keyboard(notebook: Notebook, shown: Locator) -> None:
    notebook.run("request = http.get(server.url, agent=http.Agent(keepAlive=True))")
    expect(facts(shown)).to_contain_text("1 open connection")
    address = shown.get_by_role("link").inner_text()
    shown.get_by_role("button", name="Stop").press("Enter")
    expect(shown).to_contain_text("Stopped.")
    expect(facts(shown)).to_contain_text("0 open connections")
    expect(shown.get_by_role("status")).to_have_text("The server has stopped")
    expect(shown.get_by_role("button", name="Start")).to_be_focused()
    notebook.run("assert not server.listening and not panel.running")
    shown.get_by_role("button", name="Start").press("Enter")
    expect(shown.get_by_role("link")).to_have_text(address)
    notebook.run("assert server.port == port and panel.running\nassert http.send('GET', server.url).text == 'hello'")


def test_python_and_others_start_and_stop_it_too(notebook: Notebook, shown: Locator) -> None:
    notebook.run("panel.running = False\nassert not server.listening")
    expect(shown).to_contain_text("Stopped.")
    notebook.run("panel.running = True\nassert server.port == port")
    expect(shown.get_by_role("link")).to_be_visible()
    notebook.run(
        "panel.stop()\nassert not server.listening and not panel.running\npanel.start()\nassert server.port == port"
    )
    notebook.run("from httpkit.notebook import stop\nstop(port)")
    expect(shown.get_by_role("button", name="Start")).to_be_visible()
    assert value(notebook, "panel.running") == "False"


def test_a_port_that_was_taken_meanwhile(notebook: Notebook, shown: Locator) -> None:
    shown.get_by_role("button", name="Stop").click()
    expect(shown.get_by_role("button", name="Start")).to_be_enabled()
    notebook.run("other = http.createServer().listen(port)")
    shown.get_by_role("button", name="Start").click()
    expect(shown.get_by_role("alert")).to_contain_text("is taken by another server by now. Stop that one first")
    assert value(notebook, "panel.running") == "False"
    notebook.run("from httpkit.notebook import stop\nstop(port)")
    shown.get_by_role("button", name="Start").click()
    expect(shown.get_by_role("link")).to_be_visible()
    expect(shown.get_by_role("alert")).to_be_hidden()


def test_connections_are_listed(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "agent = http.Agent(keepAlive=True, maxSockets=1)\n"
        "for path in 'ab': await (await http.get(server.url + path, agent=agent)).text()"
    )
    expect(facts(shown)).to_contain_text("1 open connection")
    expect(facts(shown).get_by_role("listitem")).to_have_text(re.compile(r"from port \d+2 requestsidle"))
    notebook.run("agent.destroy()")
    expect(facts(shown)).to_contain_text("0 open connections")


UPGRADED = """
import socket
answer = "HTTP/1.1 101 Switching Protocols\\r\\n\\r\\n"
server.on("upgrade", lambda req, socket, head: socket.write(answer))
client = socket.create_connection(("127.0.0.1", port))
client.sendall(b"GET / HTTP/1.1\\r\\nHost: x\\r\\nConnection: upgrade\\r\\nUpgrade: x\\r\\n\\r\\n")
"""


def test_an_upgraded_connection_is_listed(notebook: Notebook, shown: Locator) -> None:
    notebook.run(UPGRADED)
    expect(facts(shown)).to_contain_text("1 open connection")
    expect(facts(shown).get_by_role("listitem")).to_have_text(re.compile(r"from port \d+upgraded"))
    notebook.run("client.close()")
    expect(facts(shown)).to_contain_text("0 open connections")


def test_the_lag_of_the_loop_is_shown(shown: Locator) -> None:
    expect(facts(shown)).to_contain_text(
        "How late the loop gets to what is due. While it is late, no request is answered."
    )
    expect(facts(shown)).to_contain_text(re.compile(r"\d+\.\d+ m?s"))
    expect(facts(shown).get_by_role("img", name=re.compile(r"The last \d+ seconds: at most "))).to_be_visible()


def test_the_link_is_the_kernels_machine(notebook: Notebook, shown: Locator) -> None:
    link = shown.get_by_role("link")
    expect(link).to_have_attribute("href", f"http://127.0.0.1:{value(notebook, 'port')}/")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    with notebook.page.expect_popup() as opened:
        link.click()
    expect(opened.value.get_by_text("hello")).to_be_visible()
    opened.value.close()


def test_in_colab_the_link_is_colabs(notebook: Notebook) -> None:
    notebook.page.evaluate(
        "window.google = { colab: { kernel: { proxyPort: async (port) => `https://colab.example/proxy-${port}/` } } }"
    )
    shown = notebook.run(SERVER)
    expect(shown.get_by_role("link")).to_have_attribute("href", re.compile(r"^https://colab\.example/proxy-\d+/$"))
    notebook.page.evaluate("delete window.google")


def whereabouts(notebook: Notebook, hostname: str, url: str, **page: Any) -> Any:
    """What the panel's module says of a server, on a page of this JupyterLab that came from `hostname`."""
    notebook.run(
        "from pathlib import Path\nimport httpkit.widgets as w\nPath('panel.mjs').write_text(ServerPanel._esm)"
    )
    return notebook.page.evaluate(
        """async ([hostname, url, page]) => {
            const text = await (await fetch('/files/panel.mjs')).text()
            const module = await import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })))
            const scheme = url.split(':')[0]
            const location = { hostname, protocol: 'https:', ...page.location }
            const window = { location, document, fetch: (...given) => fetch(...given), ...page }
            return module.whereabouts({ url, port: 3000, scheme: scheme === 'https' ? scheme : 'http' }, window)
        }""",
        [hostname, url, page],
    )


def test_elsewhere_the_link_leads_through_a_proxy_or_says_what_to_do(notebook: Notebook) -> None:
    local = "http://localhost:3000/"
    for here in ("localhost", "127.0.0.1", "[::1]", "lab.localhost"):
        assert whereabouts(notebook, here, local) == {"href": local}
    # This JupyterLab has jupyter-server-proxy.
    assert whereabouts(notebook, "lab.example.org", local) == {"href": "/proxy/3000/"}
    assert whereabouts(notebook, "hub.example.org", "/user/ann/proxy/3000/") == {"href": "/user/ann/proxy/3000/"}
    notebook.page.route("**/server-proxy/servers-info", lambda route: route.fulfill(status=404))
    without = whereabouts(notebook, "lab.example.org", local)
    notebook.page.unroute("**/server-proxy/servers-info")
    assert "ssh -L 3000:localhost:3000 lab.example.org" in without["advice"]
    assert "pip install jupyter-server-proxy" in without["advice"]
    secure = whereabouts(notebook, "lab.example.org", "https://localhost:3000/")
    assert "ssh -L 3000:localhost:3000 lab.example.org" in secure["advice"]
    vscode = {"document": {"body": {"dataset": {"vscodeThemeKind": "vscode-dark"}}}}
    assert whereabouts(notebook, "abc.vscode-cdn.net", local, **vscode) == {"href": local}


def test_serve_shows_the_panel_and_the_same_one_again(notebook: Notebook) -> None:
    notebook.run("%load_ext httpkit\nhits = 0")
    shown = notebook.run("%%serve 0\nres.end('one')")
    expect(shown.get_by_role("link")).to_have_text(re.compile(r"^http://localhost:\d+/$"))
    expect(shown.locator("[data-httpkit-live]")).to_be_hidden()
    port = shown.get_by_role("link").inner_text().rsplit(":", 1)[1].strip("/")
    notebook.run(f"%http :{port}/first")
    expect(row(shown, "/first")).to_be_visible()
    again = notebook.run(f"%%serve {port}\nhits += 1")
    for each in (shown, again):
        expect(each).to_contain_text("new handler, same port and connections")
        expect(each.locator(".httpkit-live")).to_contain_text("add the line global hits")
        expect(row(each, "/first")).to_be_visible()
    models = [each.locator("[data-httpkit-live]").get_attribute("data-httpkit-live") for each in (shown, again)]
    assert models[0] == models[1]
    mine = notebook.run("mine = http.createServer().listen(0)\nmine")
    expect(mine.get_by_role("button", name="Stop")).to_be_visible()
    secure = notebook.run("http.https.createServer()")
    expect(secure.get_by_role("button", name="Start")).to_be_visible()
    notebook.run("%unload_ext httpkit")
    after = notebook.run("mine")
    expect(after).to_contain_text("Listening on")
    expect(after.get_by_role("button")).to_have_count(0)


def test_closing_its_views_frees_everything(notebook: Notebook, shown: Locator) -> None:
    is_watched = (
        "import threading\n'httpkit-loop-watch' in {t.name for t in threading.enumerate()}, len(recorder._listeners)"
    )
    other = notebook.run("panel")
    expect(other.get_by_role("link")).to_be_visible()
    assert value(notebook, is_watched) == "(True, 1)"
    notebook.clear()
    # The page tells that they are gone before it runs the next cell.
    assert value(notebook, is_watched) == "(False, 0)"
    shown = notebook.run("panel")
    expect(shown.get_by_role("link")).to_be_visible()
    assert value(notebook, is_watched) == "(True, 1)"
    notebook.run("panel.close()")
    expect(shown.get_by_role("button")).to_have_count(0)
    assert value(notebook, is_watched) == "(False, 0)"
    assert value(notebook, "server.listening") == "True"


def test_its_height_can_be_chosen(notebook: Notebook, shown: Locator) -> None:
    notebook.run("panel.height = 120")
    expect(requests(shown)).to_have_css("max-height", "120px")


def test_the_log_is_scrolled_by_keyboard(notebook: Notebook, shown: Locator) -> None:
    notebook.run("for n in range(40): http.send('GET', f'{server.url}{n}')")
    expect(requests(shown).locator("tbody tr")).to_have_count(40)
    requests(shown).focus()
    notebook.page.keyboard.press("End")
    expect(requests(shown).locator("tbody tr").last).to_be_in_viewport()


def test_nothing_serious_is_in_the_way_of_anybody(notebook: Notebook, shown: Locator) -> None:
    notebook.run(
        "for n in range(20): http.send('GET', f'{server.url}nowhere')\nrequest = http.get(server.url + 'hold')"
    )
    expect(held(shown)).to_be_visible()
    notebook.page.set_viewport_size({"width": 700, "height": 1000})
    accessible(shown)
    notebook.run("gate.set()")
    expect(held(shown)).to_contain_text("was blocked")
    notebook.page.set_viewport_size({"width": 1200, "height": 1000})
    accessible(shown)


def test_in_files_it_is_the_address(notebook: Notebook, shown: Locator) -> None:
    assert value(notebook, "server.url in panel.to_html()") == "True"
