"""Ticker: calls a function after something has changed, and not again for a while.

It has a thread of its own, so that it goes on while a cell or a handler is busy. While nothing changes it waits.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Self

from httpkit.errors import report


class Ticker:
    """Calls `act` soon after `wake()`, at most once in `interval` ms; while `act` gives True it is called again."""

    def __init__(self, act: Callable[[], bool], interval: float) -> None:
        self._act = act
        self._interval = interval / 1000
        self._awake = threading.Event()
        self._ended = threading.Event()

    def start(self) -> Self:
        threading.Thread(target=self._run, name="httpkit-ticker", daemon=True).start()
        return self

    def wake(self) -> None:
        """Something has changed; may be called from any thread, and costs next to nothing."""
        self._awake.set()

    def stop(self) -> None:
        """End the thread, soon."""
        self._ended.set()
        self._awake.set()

    def _run(self) -> None:
        while self._awake.wait() and not self._ended.wait(self._interval):
            self._awake.clear()
            try:
                if self._act():
                    self._awake.set()
            except Exception as error:  # noqa: BLE001 - reported; the next change is told all the same
                report(error)
