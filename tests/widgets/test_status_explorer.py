"""StatusExplorer as people use it: search, read, try."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from httpkit.notebook.statuses import STATUSES
from httpkit.widgets import StatusExplorer
from tests.jupyter import Notebook
from tests.widgets.conftest import accessible


@pytest.fixture
def shown(notebook: Notebook) -> Locator:
    return notebook.run("explorer = StatusExplorer()\nexplorer")


def options(shown: Locator) -> list[str]:
    return shown.get_by_role("option").filter(visible=True).all_inner_texts()


def test_all_codes_are_there_by_class(shown: Locator) -> None:
    expect(shown.get_by_role("option")).to_have_count(len(STATUSES))
    redirection = shown.get_by_role("group", name="3xx Redirection")
    expect(redirection.get_by_role("option", name="304 Not Modified")).to_be_visible()


def test_a_search_finds_names_meanings_codes_and_classes(shown: Locator) -> None:
    search = shown.get_by_role("searchbox")
    search.fill("coffee")
    expect(shown.get_by_role("option").filter(visible=True)).to_have_text(["418I'm a Teapot"])
    expect(shown.get_by_role("status")).to_have_text("1 status code")
    search.fill("5xx")
    expect(shown.get_by_role("group")).to_have_count(1)
    search.fill("40")
    expect(shown.get_by_role("option").filter(visible=True)).to_have_count(10)


def test_a_code_is_explained_and_tried_by_keyboard_alone(shown: Locator) -> None:
    page = shown.page
    shown.get_by_role("searchbox").focus()
    page.keyboard.type("too many")
    page.keyboard.press("Enter")
    explained = shown.get_by_role("region", name="The status explained")
    expect(explained).to_contain_text("A rate limit is reached.")
    expect(explained.get_by_role("link", name="RFC 6585 §4")).to_have_attribute(
        "href", "https://www.rfc-editor.org/rfc/rfc6585#section-4"
    )
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(explained.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    exchange = shown.get_by_role("region", name="The exchange")
    expect(exchange).to_contain_text("HTTP/1.1 429 Too Many Requests")
    expect(exchange.get_by_role("row", name="Retry-After")).to_contain_text("30")


def test_views_and_python_agree(notebook: Notebook, shown: Locator) -> None:
    other = notebook.run("explorer")
    other.get_by_role("option", name="404").click()
    expect(shown.get_by_role("region", name="The status explained")).to_contain_text("There is nothing at this URL")
    notebook.run("await until(lambda: explorer.selected == 404)\nexplorer.query, explorer.selected = 'teapot', 418")
    expect(shown.get_by_role("searchbox")).to_have_value("teapot")
    expect(other.get_by_role("region", name="The status explained")).to_contain_text("I am a teapot")


def test_its_server_ends_with_the_last_view(notebook: Notebook, shown: Locator) -> None:
    shown.get_by_role("option", name="200").click()
    shown.get_by_role("button").click()
    expect(shown.get_by_role("region", name="The exchange")).to_contain_text("200 OK")
    notebook.run("from httpkit.notebook import servers\nassert len(servers()) == 1")
    notebook.run("explorer.close()\nassert len(servers()) == 0")
    expect(shown.get_by_role("searchbox")).to_have_count(0)


def test_nothing_serious_is_in_the_way_of_anybody(shown: Locator) -> None:
    shown.get_by_role("option", name="431").click()
    shown.get_by_role("button").click()
    expect(shown.get_by_role("region", name="The exchange")).to_contain_text("431 Request Header Fields Too Large")
    accessible(shown)


def test_what_cannot_be_tried_says_why(shown: Locator) -> None:
    shown.get_by_role("option", name="101").click()
    shown.get_by_role("button").click()
    expect(shown.get_by_role("alert")).to_contain_text("http.WebSocket(url)")


def test_in_files_it_is_a_table() -> None:
    html = StatusExplorer().to_html()
    assert all(str(code) in html for code in STATUSES)
    assert "I am a teapot" in StatusExplorer(selected=418).to_html()
