"""ServerPanel without a page: when it watches, and which connections it counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest

import httpkit as http
from httpkit.widgets import ServerPanel, server_panel
from httpkit.widgets.live import Live
from httpkit.widgets.loop_watch import Hold, LoopWatch, Place


class Panel(ServerPanel):
    """Tells of each look."""

    def __init__(self, server: http.Server) -> None:
        self.looks: Queue[int] = Queue()
        super().__init__(server)

    def _look(self) -> None:
        super()._look()
        self.looks.put(1)


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setattr(Live, "_ipython_display_", lambda self, **_: None)
    server = http.createServer().listen(0)
    panel = Panel(server)
    yield panel
    panel.close()
    server.close()


def watches() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "httpkit-loop-watch"]


def hears(panel: Panel, **content: Any) -> None:
    panel._on_message(None, content, [])


def test_it_watches_from_when_it_is_displayed_and_its_view_hears_of_it(panel: Panel) -> None:
    assert watches() == []
    panel._ipython_display_()
    panel.looks.get(timeout=20)
    assert isinstance(panel._watch, LoopWatch)
    panel._watch.last_hold = Hold(Place("Cell In[1]", 2, "time.sleep(3)"), 3.0, 1.0)
    hears(panel, hello="view", ask="1")
    assert len(watches()) == 1
    assert panel._do_catch_up()["facts"]["lastHold"]["source"] == "time.sleep(3)"
    hears(panel, bye="view")
    assert watches() == []


def test_it_is_displayed_while_a_view_is_open(panel: Panel) -> None:
    hears(panel, hello="view", ask="1")
    panel._ipython_display_()
    assert len(watches()) == 1
    panel.close()
    assert watches() == []


def test_where_no_view_opens_it_ends_with_the_panel_or_by_itself(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    panel._ipython_display_()
    panel.close()
    assert watches() == []
    monkeypatch.setattr(server_panel, "_UNSEEN", 0.0)
    other = Panel(panel._server)
    other._ipython_display_()
    for thread in watches():
        thread.join(20)
    assert watches() == []
    # A view that opens later watches all the same.
    hears(other, hello="view", ask="1")
    assert len(watches()) == 1
    other.close()
