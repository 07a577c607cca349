"""The displays in a real browser: pages are harmless, colours can be read, everything opens by keyboard."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from httpkit.constants import METHODS
from httpkit.exchange import Exchange
from httpkit.messages import Phases, ReceivedResponse, SentRequest, Wire
from httpkit.notebook.display import mimebundle
from httpkit.notebook.statuses import find_status
from httpkit.payload import Payload

HOSTILE_PAGE = """
<html><head><base href="http://127.0.0.1:PORT/"><meta http-equiv="refresh" content="0; url=http://127.0.0.1:PORT/refresh">
<link rel="stylesheet" href="http://127.0.0.1:PORT/a.css"><script src="http://127.0.0.1:PORT/a.js"></script>
<style>@import "http://127.0.0.1:PORT/b.css"; body { background: url(http://127.0.0.1:PORT/b.png) }
@font-face { font-family: f; src: url(http://127.0.0.1:PORT/f.woff) } p { font-family: f }</style></head>
<body onload="document.body.textContent = 'ran'"><p>harmless</p>
<script>document.body.textContent = "ran"; fetch("http://127.0.0.1:PORT/fetch"); parent.document.title = "ran"</script>
<img src="http://127.0.0.1:PORT/a.png" onerror="document.body.textContent = 'ran'"><iframe src="http://127.0.0.1:PORT/f">
</iframe><object data="http://127.0.0.1:PORT/o"></object><video src="http://127.0.0.1:PORT/v" autoplay></video>
<form action="http://127.0.0.1:PORT/form"><button autofocus>send</button></form>
<a href="http://127.0.0.1:PORT/link">a link</a></body></html>
"""


def exchange(body: str, content_type: str) -> Exchange:
    sent = SentRequest(
        "POST", "http://h/?token=abcdefgh", (("Host", "h"), ("X-Any", "thing")), Payload(b'{"a": [1, null, "b"]}')
    )
    received = (("Content-Type", content_type), ("Date", "today"), ("X-Any", "thing"))
    phases = Phases(connect=1.0, send=0.5, wait=20.0, receive=2.0)
    return Exchange(sent, ReceivedResponse(404, "Not Found", "1.1", received, Payload(body.encode())), phases)


def test_a_page_in_the_preview_runs_nothing_loads_nothing_and_leads_nowhere(page: Page) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        hostile = HOSTILE_PAGE.replace("PORT", str(server.getsockname()[1]))
        page.set_content(mimebundle(exchange(hostile, "text/html"))["text/html"], wait_until="load")
        preview = page.frame_locator("iframe")
        expect(preview.locator("p")).to_have_text("harmless")
        preview.get_by_text("a link").click()
        preview.get_by_text("send").click()
        expect(preview.locator("p")).to_have_text("harmless")
        assert page.title() == ""
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


# The contrast of every piece of text with what is behind it (WCAG 2.2, 1.4.3).
CONTRASTS = """() => {
  const parse = (color) => {
    const [r, g, b, a] = color.match(/[\\d.]+/g).map(Number)
    return [r, g, b, a === undefined ? 1 : a]
  }
  const over = ([r, g, b, a], back) => [r, g, b].map((c, i) => c * a + back[i] * (1 - a))
  const behind = (element) => {
    const back = element.parentElement ? behind(element.parentElement) : [255, 255, 255]
    return over(parse(getComputedStyle(element).backgroundColor), back)
  }
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const texts = document.createTreeWalker(document.querySelector(".httpkit"), NodeFilter.SHOW_TEXT)
  const found = {}
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement
    if (element.tagName === "STYLE" || !texts.currentNode.data.trim()) continue
    const back = behind(element)
    const lights = [over(parse(getComputedStyle(element).color), back), back].map(luminance).sort((a, b) => b - a)
    found[texts.currentNode.data] = (lights[0] + 0.05) / (lights[1] + 0.05)
  }
  return found
}"""

# JupyterLab's variables and attribute, as its two themes set them.
LAB = {
    "light": "--jp-content-font-color1: rgba(0,0,0,0.87); --jp-layout-color1: white; --jp-border-color2: #e0e0e0",
    "dark": "--jp-content-font-color1: white; --jp-layout-color1: #212121; --jp-border-color2: #616161",
}


@pytest.mark.parametrize("theme", [None, "light", "dark"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(browser: Browser, scheme: Literal["light", "dark"], theme: str | None) -> None:
    shown = [exchange('{"a": [1, null, "b"]}', "application/json"), METHODS, find_status("")]
    shown += [find_status(query) for query in ("102", "200", "301", "404", "500")]
    lab = f'data-jp-theme-light="{str(theme == "light").lower()}" style="{LAB[theme]}"' if theme else ""
    with browser.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        for each in shown:
            page.set_content(f"<!doctype html><body {lab}>{mimebundle(each)['text/html']}")
            contrasts = page.evaluate(CONTRASTS)
            assert len(contrasts) > 5
            assert {text: ratio for text, ratio in contrasts.items() if ratio < 4.5} == {}


def test_everything_opens_by_keyboard(page: Page) -> None:
    page.set_content(mimebundle(exchange("hello", "text/plain"))["text/html"])
    meaning = page.get_by_text("What the body is: its media type, and its charset")
    expect(meaning).to_be_hidden()
    page.locator("td summary:visible").first.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="RFC 9110 §8.3")).to_be_focused()


def test_a_screen_reader_is_told_what_there_is(page: Page) -> None:
    page.set_content(mimebundle(exchange("hello", "text/plain"))["text/html"])
    card = page.get_by_role("region", name="POST http://h/?token=••••••: 404")
    expect(card.get_by_role("table", name="Response: HTTP/1.1 404 Not Found")).to_be_visible()
    expect(card.get_by_role("rowheader", name="Content-Type")).to_be_visible()
    expect(card.get_by_role("region", name="Body as text")).to_have_text("hello")


def test_a_dump_scrolls_sideways_where_it_is_narrow(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    received = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(64)
    shown = exchange("\0" * 64, "x/y")
    shown = replace(shown, wire=Wire(b"GET / HTTP/1.1\r\n\r\n", received, 18, len(received)))
    page.set_content(mimebundle(shown)["text/html"])
    page.get_by_text("Wire", exact=True).click()
    for dump, lines in ((page.locator("pre.httpkit-dump"), 4), (page.locator("code.httpkit-dump"), 8)):
        expect(dump).to_be_visible()
        sizes = dump.evaluate(
            """(dump) => {
              const style = getComputedStyle(dump)
              const padding = parseFloat(style.paddingTop) + parseFloat(style.paddingBottom)
              return [(dump.clientHeight - padding) / parseFloat(style.lineHeight), dump.scrollWidth - dump.clientWidth]
            }"""
        )
        assert round(sizes[0]) == lines
        assert sizes[1] > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
