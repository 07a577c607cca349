"""SlowMotion as people use it: start, watch, pause, step, stop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.jupyter import Notebook
from tests.widgets.conftest import accessible

SERVER = """
closed = []

@http.createServer
async def server(req, res):
    res.on("close", lambda: closed.append(req.url))
    if req.url == "/big":
        for _ in range(100):
            if not res.write("x" * 1000):
                full = asyncio.Event()
                res.once("drain", full.set)
                await full.wait()
        res.end()
    else:
        res.setHeader("Content-Type", "text/event-stream")
        res.setHeader("Set-Cookie", "sid=hunter2xyz")
        for number in range(3):
            res.write(f"event: tick\\ndata: {number}\\n\\n")
            await asyncio.sleep(0)
        res.end()

server.listen(0)
slow = SlowMotion(f"GET :{server.port}/stream Authorization:'Bearer hunter2xyz'", bytes_per_second=20_000)
"""


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    notebook.run(SERVER)
    return notebook.run("slow")


def button(shown: Locator, name: str) -> Locator:
    return shown.get_by_role("button", name=name, exact=True)


def lane(shown: Locator, name: str) -> Locator:
    return shown.get_by_role("region", name=name, exact=True)


def state(shown: Locator, name: str) -> None:
    expect(shown.locator(".httpkit-slow-state")).to_have_text(name)


def test_both_sides_and_the_bytes_are_seen(notebook: Notebook, shown: Locator) -> None:
    button(shown, "Start").click()
    state(shown, "done")
    expect(lane(shown, "Client")).to_contain_text(re.compile("asked.*'socket'.*'response' 200.*event: tick 2.*'end'"))
    expect(lane(shown, "Server")).to_contain_text(re.compile("'request'.*write().*goes on.*'finish'"))
    wire = lane(shown, "Wire")
    expect(wire).to_contain_text("chunk size15CRLF")
    expect(wire).to_contain_text("In hexadecimal: 21 bytes follow")
    expect(wire).to_contain_text("event: tickLF data: 2LF")
    notebook.run("assert slow.state == 'done' and slow.exchange.status == 200 and slow.exchange.complete")


def test_no_secret_is_on_the_page(notebook: Notebook, shown: Locator) -> None:
    expect(shown.get_by_role("textbox", name="Request")).to_have_value(re.compile("stream …$"))
    button(shown, "Start").click()
    state(shown, "done")
    expect(lane(shown, "Wire")).to_contain_text("Authorization: Bearer ••••••")
    expect(lane(shown, "Wire")).to_contain_text("Set-Cookie: sid=••••••")
    assert "hunter2" not in shown.inner_html()
    notebook.run("assert 'hunter2' not in slow.to_html() and 'hunter2' not in str(slow.get_state())")


def test_back_pressure_is_seen(shown: Locator) -> None:
    shown.get_by_role("slider", name="Speed").fill("70")
    request = shown.get_by_role("textbox", name="Request")
    request.fill(request.input_value().replace("/stream …", "/big"))
    request.press("Enter")
    server = lane(shown, "Server")
    expect(server).to_contain_text("full, waits for 'drain'")
    expect(server).to_contain_text("'drain' there is room again")
    expect(shown.get_by_text("In the pipe: ")).to_be_visible()
    expect(shown.get_by_role("status").last).to_contain_text(re.compile("full|drain"))
    expect(lane(shown, "Wire")).to_contain_text("chunk size3e8CRLF")
    button(shown, "Stop").click()
    state(shown, "")


def test_bytes_go_step_by_step_by_keyboard_alone(shown: Locator) -> None:
    page = shown.page
    button(shown, "Pause").focus()
    page.keyboard.press("Enter")
    expect(button(shown, "Resume")).to_be_focused()
    shown.get_by_role("textbox", name="Request").press("Enter")
    state(shown, "paused")
    expect(lane(shown, "Client")).to_contain_text("'finish'")
    wire = lane(shown, "Wire")
    step = shown.get_by_role("button", name="Let the rest of a line through")
    step.focus()
    page.keyboard.press("Enter")
    expect(wire).to_contain_text("GET /stream HTTP/1.1")
    expect(wire).not_to_contain_text("Host")
    page.keyboard.press("Enter")
    expect(wire.locator(".httpkit-slow-row")).to_have_count(2)
    button(shown, "Resume").focus()
    page.keyboard.press("Enter")
    state(shown, "done")


def test_python_and_the_view_agree(notebook: Notebook, shown: Locator) -> None:
    slider = shown.get_by_role("slider", name="Speed")
    notebook.run("slow.bytes_per_second = 1000\nslow.paused = True")
    expect(slider).to_have_attribute("aria-valuetext", "1,000 bytes/s")
    expect(button(shown, "Resume")).to_be_visible()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "1,100 bytes/s")
    notebook.run("assert slow.bytes_per_second == 1100\nslow.paused = False\nslow.start()")
    expect(lane(shown, "Client")).to_contain_text("'end'")


def test_a_second_view_shows_the_same(notebook: Notebook, shown: Locator) -> None:
    button(shown, "Start").click()
    state(shown, "done")
    other = notebook.run("slow")
    expect(lane(other, "Client")).to_contain_text("event: tick 2")
    expect(lane(other, "Wire")).to_contain_text("event: tickLF data: 2LF")


def test_the_last_view_stops_what_is_running(notebook: Notebook, shown: Locator) -> None:
    notebook.run("slow.paused = True\nslow.start()\nslow.step()")
    state(shown, "paused")
    notebook.run("slow.close()\nassert slow.state == 'idle' and not slow.exchange.complete")
    expect(shown.get_by_role("slider")).to_have_count(0)
    notebook.run("while server._connections: await asyncio.sleep(0.01)")


@pytest.mark.parametrize(
    ("line", "error"),
    [("GTE :3000/", "GTE is not a method. Did you mean GET?"), ("GET :1/", "Nothing listens on localhost:1")],
)
def test_what_cannot_be_sent_says_why(shown: Locator, line: str, error: str) -> None:
    shown.get_by_role("textbox", name="Request").fill(line)
    button(shown, "Start").click()
    expect(shown.get_by_role("alert")).to_contain_text(error)


def test_where_nobody_listens_nothing_is_said_that_is_not_so(shown: Locator) -> None:
    shown.get_by_role("textbox", name="Request").fill("GET :1/")
    button(shown, "Start").click()
    state(shown, "failed")
    expect(lane(shown, "Client")).to_contain_text("'error' ECONNREFUSED")
    expect(shown).not_to_contain_text("has a connection")
    expect(shown.get_by_text("cannot be seen from here")).to_be_hidden()
    expect(shown.get_by_text("In the pipe: ")).to_be_hidden()


def test_a_server_elsewhere_keeps_its_side_to_itself(notebook: Notebook, shown: Locator) -> None:
    notebook.run("""
import re, subprocess, sys
command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
other = subprocess.Popen(command, stdout=subprocess.PIPE)
port = re.search(rb"port (\\d+)", other.stdout.readline())[1].decode()
slow.request = f"GET 127.0.0.1:{port}/nothing"
""")
    button(shown, "Start").click()
    state(shown, "done")
    expect(lane(shown, "Client")).to_contain_text("'response' 404")
    expect(lane(shown, "Server")).to_contain_text("What this server does cannot be seen from here.")
    notebook.run("other.terminate(); other.wait()")


def test_nothing_serious_is_in_the_way_of_anybody(shown: Locator) -> None:
    button(shown, "Start").click()
    state(shown, "done")
    accessible(shown)


def test_it_fits_a_narrow_page(shown: Locator) -> None:
    shown.page.set_viewport_size({"width": 700, "height": 1000})
    button(shown, "Start").click()
    state(shown, "done")
    tops = shown.locator(".httpkit-live .httpkit-slow-lane").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().top)"
    )
    assert tops == sorted(set(tops))
    assert shown.locator(".httpkit-live").evaluate("each => each.scrollWidth <= each.clientWidth")
    shown.page.set_viewport_size({"width": 1200, "height": 1000})


def test_it_fits_a_narrow_place_on_a_wide_page(notebook: Notebook) -> None:
    notebook.run(SERVER)
    shown = notebook.run("import ipywidgets\nipywidgets.Box([slow], layout={'width': '500px'})")
    expect(shown.get_by_role("textbox", name="Request")).to_be_visible()
    tops = shown.locator(".httpkit-slow-lane").evaluate_all("all => all.map(each => each.getBoundingClientRect().top)")
    assert tops == sorted(set(tops))


def test_lanes_reach_their_end_and_stay_there(notebook: Notebook, shown: Locator) -> None:
    notebook.run("slow.bytes_per_second = 100_000\nslow.request = f'GET :{server.port}/big'\nslow.start()")
    state(shown, "done")
    rests = shown.locator(".httpkit-slow-lane").evaluate_all(
        """all => all.map((each) => {
            const [outer, inner] = [each, each.lastElementChild].map((box) => box.getBoundingClientRect().bottom)
            return outer - inner
        })"""
    )
    assert max(rests) <= 1
    box = "document.querySelector('[aria-label=Server].httpkit-slow-scroll')"
    at_end = "box => box.scrollTop > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < 2"
    for width in (1200, 800, 1200):
        shown.page.set_viewport_size({"width": width, "height": 1000})
        shown.page.wait_for_function(
            f"width => innerWidth === width && ({at_end})({box})",
            arg=width,
        )
