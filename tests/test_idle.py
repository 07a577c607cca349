"""The inactivity clock, on a clock that is turned by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from httpkit.idle import IdleTimer
from httpkit.loop import Home


class Timer:
    def __init__(self, at: float, run: Callable[[], Any]) -> None:
        self.at = at
        self.run = run
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """As much of a Home, and of its loop, as a timer needs."""

    def __init__(self) -> None:
        self.loop = self
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def enter(self, function: Callable[[], Any]) -> None:
        function()

    def call_at(self, at: float, enter: Callable[..., Any], function: Callable[[], Any]) -> Timer:
        timer = Timer(at, lambda: enter(function))
        self.timers.append(timer)
        return timer

    def turn(self, seconds: float) -> None:
        """Let time pass; timers that are due fire in their order."""
        end = self.now + seconds
        while due := sorted((each for each in self.live() if each.at <= end), key=lambda each: each.at):
            self.now = max(self.now, due[0].at)
            self.timers.remove(due[0])
            due[0].run()
        self.now = end

    def live(self) -> list[Timer]:
        return [each for each in self.timers if not each.cancelled]


def timer() -> tuple[Clock, IdleTimer, list[float]]:
    clock, fired = Clock(), list[float]()
    idle = IdleTimer(cast(Home, clock), lambda: fired.append(clock.now))
    return clock, idle, fired


def test_fires_once_after_the_time_and_again_only_after_a_restart() -> None:
    clock, idle, fired = timer()
    idle.begin(1000)
    clock.turn(0.9)
    assert fired == []
    clock.turn(10)
    assert fired == [1.0]
    idle.restart()
    clock.turn(10)
    assert fired == [1.0, 11.9]


def test_a_restart_moves_no_timer() -> None:
    clock, idle, fired = timer()
    idle.begin(1000)
    for _ in range(64):
        clock.turn(1 / 128)
        idle.restart()
    assert len(clock.timers) == 1
    clock.turn(2)
    assert fired == [1.5]


def test_a_shorter_time_does_not_wait_for_the_longer_one() -> None:
    clock, idle, fired = timer()
    idle.begin(1000)
    idle.begin(100)
    clock.turn(2)
    assert fired == [0.1]


def test_zero_stops_it() -> None:
    clock, idle, fired = timer()
    idle.begin(1000)
    idle.begin(0)
    assert idle.deadline is None
    clock.turn(2)
    assert fired == []


def test_close_leaves_nothing_behind() -> None:
    clock, idle, fired = timer()
    idle.begin(1000)
    idle.close()
    assert clock.live() == []
    assert idle.deadline is None
    assert fired == []
