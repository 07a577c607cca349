"""What all widgets have in common: they answer, they let go, and they leave something behind in files."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets
import pytest

from httpkit.errors import report_with
from httpkit.notebook.mistakes import Mistake
from httpkit.widgets import AgentView, RequestBuilder, ServerPanel, SlowMotion, StatusExplorer, TrafficInspector
from httpkit.widgets.live import Live
from tests.serving import serving


class Fake(StatusExplorer):
    """Keeps what it sends, and notes when it listens."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.happened: list[str] = []
        super().__init__()

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append(content)

    def hears(self, **content: Any) -> Any:
        self._on_message(self, content, [])
        return self.sent[-1] if self.sent else None

    def _start(self) -> Iterable[Callable[[], Any]]:
        self.happened.append("start")
        yield lambda: self.happened.append("ended")

    def _stop(self) -> None:
        self.happened.append("stop")

    def _do_add(self, a: int, b: int) -> int:
        return a + b

    def _do_later(self) -> concurrent.futures.Future[int]:
        self.future: concurrent.futures.Future[int] = concurrent.futures.Future()
        return self.future

    def _do_fail(self, error: Exception) -> None:
        raise error


def test_it_listens_while_a_view_is_open() -> None:
    fake = Fake()
    fake.tell("news", x=1)
    assert fake.sent == []
    assert fake.hears(hello="a", ask="1")["value"]["label"] == "Status codes"
    fake.hears(hello="b", ask="2")
    assert fake.happened == ["start"]
    fake.tell("news", x=1)
    assert fake.sent[-1] == {"tell": "news", "x": 1}
    fake.hears(bye="a")
    assert (fake.is_open, fake.happened) == (True, ["start"])
    fake.hears(bye="b")
    assert (fake.is_open, fake.happened) == (False, ["start", "ended", "stop"])
    fake.hears(hello="c", ask="3")
    fake.close()
    assert fake.happened == ["start", "ended", "stop", "start", "ended", "stop"]


def test_what_is_asked_is_answered() -> None:
    fake = Fake()
    assert fake.hears(ask="1", do="add", a=1, b=2) == {"answer": "1", "value": 3}
    fake.hears(ask="2", do="later")
    fake.future.set_result(4)
    assert fake.sent[-1] == {"answer": "2", "value": 4}
    fake.hears(ask="3", do="later")
    fake.future.cancel()
    assert fake.sent[-1] == {"answer": "3", "error": "Stopped."}
    fake.close()


def test_what_goes_wrong_is_answered_too() -> None:
    fake = Fake()
    reported: list[BaseException] = []
    report_with(reported.append)
    try:
        assert fake.hears(ask="1", do="fail", error=Mistake("Wrong."))["error"] == "Wrong."
        assert fake.hears(ask="2", do="fail", error=LookupError("Not there"))["error"] == "Not there"
        assert fake.hears(ask="3", do="nothing")["error"] == "Fake cannot do “nothing”."
        assert reported == []
        assert "argument" in fake.hears(ask="4", do="add", a=1)["error"]
        assert [type(error) for error in reported] == [TypeError]
        # What is no question is not answered, and does no harm.
        before = list(fake.sent)
        for content in ({}, {"do": "add"}, {"hello": 1}, {"ask": 1, "do": "add"}):
            fake.hears(**content)
        assert fake.sent == before
    finally:
        report_with(None)
        fake.close()


def test_a_class_of_ones_own_can_be_made_of_each() -> None:
    class Mine(TrafficInspector):
        """As a notebook would have it, where there is no file."""

        LABEL = "Mine"

    mine = Mine()
    assert "widget(" in mine.get_state()["_esm"]
    mine.close()


def test_every_trait_says_what_it_is_for() -> None:
    for kind in (AgentView, RequestBuilder, ServerPanel, SlowMotion, StatusExplorer, TrafficInspector):
        own = set(kind.class_trait_names(sync=True)) - set(ipywidgets.DOMWidget.class_trait_names()) - {"_esm", "_css"}
        own -= {name for name in own if name.startswith("_")}
        assert own
        for name in own:
            assert getattr(kind, name).help, f"{kind.__name__}.{name}"
        assert kind.__doc__


@pytest.mark.parametrize("kind", [AgentView, RequestBuilder, SlowMotion, StatusExplorer, TrafficInspector])
def test_modules_load_nothing(kind: type[Live]) -> None:
    widget = kind()
    state = widget.get_state()
    assert "import(" not in state["_esm"]
    assert not any(line.startswith("import ") for line in state["_esm"].splitlines())
    assert "@import" not in state["_css"]
    assert "url(" not in state["_css"]
    widget.close()


def test_a_panel_loads_nothing_either() -> None:
    with serving() as server:
        panel = ServerPanel(server)
        assert "import(" not in panel.get_state()["_esm"]
        panel.close()
