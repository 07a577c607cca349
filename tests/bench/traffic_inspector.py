"""How a page with a traffic inspector bears up: 10,000 exchanges at 200 a second, in JupyterLab in Chromium.

    python -m tests.bench.traffic_inspector [EXCHANGES] [PER_SECOND]

Prints the time between two frames of the page (16.7 ms is all that a screen shows), how long a filter takes to be
applied meanwhile, the messages that were sent, and what the kernel had to work for client, server and inspector.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.chromium import start_chromium
from tests.jupyter import Notebook, start_jupyterlab

SETUP = """
import asyncio, time
import httpkit as http
from httpkit.widgets import TrafficInspector

server = http.createServer(lambda req, res: res.end("hello"))
server.listen(0)
inspector = TrafficInspector()
messages = 0
tell = inspector.tell
def counted(what, **content):
    global messages
    messages += 1
    tell(what, **content)
inspector.tell = counted

async def load(count, per_second):
    global work, took
    began, worked = time.monotonic(), time.process_time()
    for n in range(count):
        await http.asend("GET", f"{server.url}n/{n}")
        await asyncio.sleep(max(0, began + (n + 1) / per_second - time.monotonic()))
    took, work = time.monotonic() - began, time.process_time() - worked

inspector
"""

FRAMES = """() => {
    window.frames_ = []
    let last = performance.now()
    requestAnimationFrame(function frame(now) {
        frames_.push(now - last)
        last = now
        requestAnimationFrame(frame)
    })
}"""


def filters(notebook: Notebook, seconds: float) -> list[float]:
    """How many ms it takes until a filter is applied, again and again."""
    page = notebook.page
    took: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        page.get_by_role("searchbox").fill(f"n/{len(took)}")
        page.locator(".httpkit-count", has_text=" of ").wait_for()
        took.append((time.monotonic() - began) * 1000)
        page.get_by_role("searchbox").fill("")
        page.wait_for_timeout(300)
    return took


def main(count: int = 10_000, per_second: int = 200) -> None:
    with (
        TemporaryDirectory() as folder,
        start_jupyterlab(Path(folder)) as lab,
        start_chromium() as browser,
        browser.new_context(viewport={"width": 1200, "height": 900}) as context,
    ):
        file = Path(folder, "bench.ipynb")
        file.write_text(json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        notebook = lab.open(context.new_page(), file.name)
        shown = notebook.run(SETUP).locator(".httpkit-live")
        shown.wait_for()
        notebook.page.evaluate(FRAMES)
        notebook.run(f"loading = asyncio.ensure_future(load({count}, {per_second}))")
        applied = filters(notebook, count / per_second)
        told = notebook.run("await loading\nprint(f'{took:.1f} s, {messages} messages, {work:.1f} s of work')")
        frames = sorted(notebook.page.evaluate("frames_"))
        half, most = frames[len(frames) // 2], frames[-1]
        rows = shown.locator(".httpkit-rows > *").count()
        print(f"{shown.locator('.httpkit-count').inner_text()}, {told.locator('pre').inner_text().strip()}")
        print(f"frames: {half:.1f} ms, 99 % {frames[len(frames) * 99 // 100]:.1f} ms, the longest {most:.1f} ms")
        print(f"a filter is applied within {max(applied):.0f} ms; {rows} rows are in the page")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
