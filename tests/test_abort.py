from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from httpkit.abort import AbortController, AbortSignal, Event, addAbortListener, checked_signal
from httpkit.errors import AbortError, NodeError, TimeoutError, report_with  # noqa: A004 - Node's name


@pytest.fixture
def controller() -> AbortController:
    return AbortController()


@pytest.fixture
def reported() -> Iterator[list[BaseException]]:
    found: list[BaseException] = []
    report_with(found.append)
    yield found
    report_with(None)


def test_it_aborts_once_and_says_why(controller: AbortController) -> None:
    signal = controller.signal
    calls: list[Event] = []
    signal.addEventListener("abort", calls.append)
    assert (signal.aborted, signal.reason, repr(controller)) == (
        False,
        None,
        "<AbortController signal=<AbortSignal aborted=False>>",
    )
    controller.abort("enough")
    controller.abort("again")
    assert (signal.aborted, signal.reason) == (True, "enough")
    assert [(event.type, event.target) for event in calls] == [("abort", signal)]


def test_the_reason_is_an_error_unless_given(controller: AbortController) -> None:
    controller.signal.throwIfAborted()
    controller.abort()
    with pytest.raises(AbortError, match="This operation was aborted") as raised:
        controller.signal.throwIfAborted()
    assert raised.value is controller.signal.reason
    assert raised.value.code == "ABORT_ERR"


def test_a_reason_that_cannot_be_raised_is_the_cause() -> None:
    with pytest.raises(AbortError, match="The operation was aborted") as raised:
        AbortSignal.abort("enough").throwIfAborted()
    assert raised.value.cause == "enough"


def test_a_reason_that_is_an_error_is_the_cause_of_what_was_aborted() -> None:
    reason = ValueError("enough")
    error = AbortError(cause=reason)
    assert (error.cause, error.__cause__, error.code) == (reason, reason, "ABORT_ERR")


def test_listeners_are_kept_once_and_called_in_order(controller: AbortController) -> None:
    signal = controller.signal
    calls: list[str] = []

    def first(event: Event) -> None:
        calls.append("first")
        signal.removeEventListener("abort", second)

    def second(event: Event) -> None:
        calls.append("second")

    signal.addEventListener("abort", first)
    signal.addEventListener("abort", first)
    signal.addEventListener("abort", second)
    signal.addEventListener("something", lambda event: calls.append("something"))
    signal.addEventListener("abort", lambda event: calls.append("once"), {"once": True})
    controller.abort()
    assert calls == ["first", "once"]
    assert signal._listeners("abort") == [first]


def test_onabort_can_be_replaced_and_removed(controller: AbortController) -> None:
    signal = controller.signal
    calls: list[str] = []
    signal.onabort = lambda event: calls.append("replaced")
    signal.addEventListener("abort", lambda event: calls.append("listener"))
    signal.onabort = lambda event: calls.append("onabort")
    controller.abort()
    assert calls == ["onabort", "listener"]
    signal.onabort = None
    assert (signal.onabort, len(signal._listeners("abort"))) == (None, 1)


def test_a_listener_that_raises_does_not_stop_the_others(
    controller: AbortController, reported: list[BaseException]
) -> None:
    calls: list[Event] = []
    controller.signal.addEventListener("abort", lambda event: 1 / 0)
    controller.signal.addEventListener("abort", calls.append)
    controller.abort()
    assert len(calls) == 1
    assert [type(each) for each in reported] == [ZeroDivisionError]


def test_any_of_several(controller: AbortController) -> None:
    other = AbortController()
    calls: list[Any] = []
    combined = AbortSignal.any([AbortSignal.any([controller.signal]), other.signal, controller.signal])
    combined.addEventListener("abort", lambda event: calls.append(event.target.reason))
    other.abort("other")
    controller.abort("controller")
    assert (combined.aborted, combined.reason, calls) == (True, "other", ["other"])


def test_any_without_listeners_is_held_by_nobody_and_still_right(controller: AbortController) -> None:
    combined = AbortSignal.any([controller.signal])
    combined.addEventListener("abort", print)
    assert combined in controller.signal._followers
    combined.removeEventListener("abort", print)
    assert not controller.signal._followers
    controller.abort("late")
    assert (combined.reason, combined.aborted) == ("late", True)


def test_any_of_none_and_of_an_aborted_one(controller: AbortController) -> None:
    assert not AbortSignal.any([]).aborted
    assert AbortSignal.any([controller.signal, AbortSignal.abort("before")])._reason == "before"


def test_all_are_aborted_before_anybody_is_told(controller: AbortController) -> None:
    combined = AbortSignal.any([controller.signal])
    calls: list[bool] = []
    controller.signal.onabort = lambda event: calls.append(combined._aborted)
    combined.onabort = lambda event: calls.append(combined.aborted)
    controller.abort()
    assert calls == [True, True]


def test_timeout() -> None:
    told = threading.Event()
    # The later one first, so that the clock has to change its mind.
    late, signal = AbortSignal.timeout(600_000), AbortSignal.timeout(1)
    addAbortListener(signal, lambda event: told.set())
    assert told.wait(30)
    with pytest.raises(TimeoutError, match="The operation was aborted due to timeout") as raised:
        signal.throwIfAborted()
    assert (raised.value.code, isinstance(raised.value, OSError), late.aborted) == ("TIMEOUT_ERR", True, False)


def output(code: str) -> str:
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=30).stdout


def test_a_timeout_keeps_no_script_alive() -> None:
    assert output("from httpkit.abort import AbortSignal; AbortSignal.timeout(600_000); print('end')") == "end\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_timeouts_go_on_in_the_child_of_a_fork() -> None:
    code = """
import os, threading
from httpkit.abort import AbortSignal, addAbortListener
AbortSignal.timeout(600_000)
if os.fork() == 0:
    told = threading.Event()
    addAbortListener(AbortSignal.timeout(1), lambda event: told.set())
    os._exit(0 if told.wait(20) else 1)
print(os.waitstatus_to_exitcode(os.wait()[1]))
"""
    assert output(code) == "0\n"


def test_abort_from_another_thread(controller: AbortController) -> None:
    where: list[threading.Thread] = []
    controller.signal.onabort = lambda event: where.append(threading.current_thread())
    thread = threading.Thread(target=controller.abort)
    thread.start()
    thread.join()
    assert where == [thread]


def test_add_abort_listener(controller: AbortController) -> None:
    calls: list[str] = []
    addAbortListener(controller.signal, lambda event: calls.append("kept"))
    addAbortListener(controller.signal, lambda event: calls.append("disposed")).dispose()
    with addAbortListener(controller.signal, lambda event: calls.append("left")):
        pass
    controller.abort()
    addAbortListener(controller.signal, lambda event: calls.append("late")).dispose()
    assert calls == ["kept", "late"]


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (lambda: AbortSignal(), "Illegal constructor"),
        (lambda: AbortSignal.timeout("1"), 'The "delay" argument must be of type number. Received type str'),  # type: ignore[arg-type]
        (lambda: AbortSignal.any(3), 'The "signals" argument must be an iterable of AbortSignal'),  # type: ignore[arg-type]
        (lambda: AbortSignal.any([3]), r'The "signals\[0\]" argument must be an instance of AbortSignal'),  # type: ignore[list-item]
        (lambda: AbortSignal.abort().addEventListener("abort", 3), 'The "listener" argument must be of type function'),  # type: ignore[arg-type]
        (lambda: addAbortListener(AbortSignal.abort(), 3), 'The "listener" argument must be of type function'),  # type: ignore[arg-type]
        (lambda: addAbortListener(None, print), 'The "signal" argument must be an instance of AbortSignal'),  # type: ignore[arg-type]
        (lambda: checked_signal(4), 'The "options.signal" property must be an instance of AbortSignal'),
    ],
)
def test_wrong_types(mistake: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message) as raised:
        mistake()
    assert isinstance(raised.value, NodeError)


@pytest.mark.parametrize("delay", [-1, 2**32, 0.5, float("nan"), float("inf")])
def test_delays_out_of_range(delay: float) -> None:
    with pytest.raises(ValueError, match='The value of "delay" is out of range. It must be (>= 0|an integer)'):
        AbortSignal.timeout(delay)
