"""A function is called after a change, and not too often."""

from __future__ import annotations

import threading
from queue import Queue

import pytest

from httpkit.errors import report_with
from httpkit.widgets.ticker import Ticker


def test_it_acts_after_a_change_and_again_while_there_is_more() -> None:
    calls: Queue[int] = Queue()
    more = iter([True, True, False])

    def act() -> bool:
        calls.put(threading.get_ident())
        return next(more)

    ticker = Ticker(act, 1).start()
    assert calls.empty()
    ticker.wake()
    threads = {calls.get(timeout=10) for _ in range(3)}
    assert threading.get_ident() not in threads
    assert next(more, None) is None
    ticker.stop()


def test_what_goes_wrong_is_reported_and_the_next_change_is_told() -> None:
    reported: Queue[BaseException] = Queue()
    report_with(reported.put)
    calls: Queue[None] = Queue()
    outcomes = iter([ValueError("no"), None])

    def act() -> bool:
        if (error := next(outcomes)) is not None:
            raise error
        calls.put(None)
        return False

    ticker = Ticker(act, 1).start()
    try:
        ticker.wake()
        assert str(reported.get(timeout=10)) == "no"
        ticker.wake()
        calls.get(timeout=10)
    finally:
        ticker.stop()
        report_with(None)


def test_it_ends() -> None:
    ticker = Ticker(lambda: False, 1).start()
    ticker.stop()
    names = [thread for thread in threading.enumerate() if thread.name == "httpkit-ticker"]
    for thread in names:
        thread.join(10)
    assert not any(thread.is_alive() for thread in names)


@pytest.mark.parametrize("times", [1, 100])
def test_many_changes_are_one(times: int) -> None:
    calls: Queue[None] = Queue()
    held = threading.Event()

    def act() -> bool:
        calls.put(None)
        held.wait(10)
        return False

    ticker = Ticker(act, 1).start()
    ticker.wake()
    calls.get(timeout=10)
    for _ in range(times):
        ticker.wake()
    held.set()
    calls.get(timeout=10)
    ticker.stop()
    for thread in threading.enumerate():
        if thread.name == "httpkit-ticker":
            thread.join(10)
    assert calls.empty()
