"""Progress in place: each request has a display of its own, and nothing is left on its way."""

from __future__ import annotations

from typing import Any

import pytest

from httpkit.exchange import Exchange
from httpkit.messages import ReceivedResponse, SentRequest
from httpkit.notebook import live as module
from httpkit.notebook.live import Finished, Live, Underway


class Handle:
    """A display that can change: what it showed, in order."""

    def __init__(self, shown: Any) -> None:
        self.shown = [shown]

    def update(self, shown: Any) -> None:
        self.shown.append(shown)


@pytest.fixture
def displays(monkeypatch: pytest.MonkeyPatch) -> list[Handle]:
    """What was displayed, each with what took its place."""
    found: list[Handle] = []

    def display(shown: Any, display_id: bool = False) -> Handle | None:
        found.append(Handle(shown))
        return found[-1] if display_id else None

    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setattr(module, "PATIENCE", 0)
    monkeypatch.setattr(module, "INTERVAL", 0)
    return found


def exchange(number: int = 1) -> Exchange:
    return Exchange(SentRequest("GET", f"http://h/{number}", ()), ReceivedResponse(200, "OK", "1.1", ()))


def kinds(handle: Handle) -> list[type]:
    return [type(each) for each in handle.shown]


def test_a_result_takes_the_place_of_its_progress(displays: list[Handle]) -> None:
    live, answer = Live(in_notebook=True), exchange()
    live.watch(exchange())
    live.watch(exchange())
    live.done(answer)
    live.show(answer)
    assert [kinds(each) for each in displays] == [[Underway, Underway, Finished, Exchange]]


def test_what_is_kept_leaves_a_line_and_the_next_has_a_display_of_its_own(displays: list[Handle]) -> None:
    live, kept, shown = Live(in_notebook=True), exchange(1), exchange(2)
    live.begin()
    live.watch(kept)
    live.done(kept)
    live.begin()
    live.done(shown)
    live.show(shown)
    assert [kinds(each) for each in displays] == [[Underway, Finished], [Exchange]]


def test_a_failure_takes_the_place_of_progress(displays: list[Handle]) -> None:
    live = Live(in_notebook=True)
    live.watch(exchange())
    live.show("the failure", in_place=True)
    assert displays[0].shown[1:] == ["the failure"]
    live.show("another", in_place=True)
    assert displays[1].shown == ["another"]


def test_what_nobody_waits_for_says_so(displays: list[Handle]) -> None:
    live = Live(in_notebook=True)
    live.stopped()
    assert displays == []
    live.watch(exchange())
    live.stopped()
    assert displays[0].shown[-1].stopped


def test_a_fast_answer_shows_no_progress(displays: list[Handle], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1000)
    live, answer = Live(in_notebook=True), exchange()
    live.watch(answer)
    live.done(answer)
    live.show(answer)
    assert [kinds(each) for each in displays] == [[Exchange]]


def test_a_terminal_has_one_line_that_changes(displays: list[Handle], capsys: pytest.CaptureFixture[str]) -> None:
    live, answer = Live(in_notebook=False), exchange()
    live.watch(answer)
    live.done(answer)
    assert displays == []
    line = "GET http://h/1: receiving: 0 bytes"
    assert capsys.readouterr().err == f"\r{line}\r{' ' * len(line)}\r"


def test_nothing_to_show_shows_nothing(displays: list[Handle]) -> None:
    Live(in_notebook=True).show(None)
    assert displays == []
