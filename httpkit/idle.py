"""IdleTimer: tells when a connection was quiet for too long.

It is restarted with every packet, so a restart moves no timer of the event loop: it notes when to fire, and the timer
looks at that note when it goes off.
"""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .checks import number
from .errors import out_of_range

if TYPE_CHECKING:
    from .loop import Home


class IdleTimer:
    """Calls `expired` once `timeout` ms have passed since the last `restart`; as in Node, once per restart."""

    __slots__ = ("_at", "_expired", "_home", "_timer", "deadline", "timeout")

    def __init__(self, where: Home, expired: Callable[[], Any]) -> None:
        self._home = where
        self._expired: Callable[[], Any] | None = expired
        self._timer: TimerHandle | None = None
        self._at = 0.0
        self.timeout: float | None = None
        # On the loop's clock, in seconds; None while nobody waits for it.
        self.deadline: float | None = None

    def begin(self, timeout: float) -> None:
        """Wait for `timeout` ms of quiet from now on; 0 for never."""
        self.timeout = timeout
        if timeout:
            self.restart()
        else:
            self.deadline = None

    def restart(self) -> None:
        """Something happened: the time starts again."""
        assert self.timeout is not None
        loop = self._home.loop
        self.deadline = deadline = loop.time() + self.timeout / 1000
        if self._timer is None or self._at > deadline:
            self._set(deadline)

    def close(self) -> None:
        """Never fire again."""
        self.deadline = self._expired = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set(self, deadline: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._at = deadline
        self._timer = self._home.loop.call_at(deadline, self._home.enter, self._look)

    def _look(self) -> None:
        self._timer = None
        if self.deadline is None or self._expired is None:
            return
        # A loop's clock is coarse: less than a millisecond early is on time.
        if self.deadline - self._home.loop.time() > 0.001:
            self._set(self.deadline)
        else:
            self._expired()


def checked_timeout(timeout: Any, name: str = "msecs") -> float:
    """`timeout` in ms. Raises ERR_INVALID_ARG_TYPE and ERR_OUT_OF_RANGE."""
    if not 0 <= number(name, timeout) < float("inf"):
        raise out_of_range(name, "a non-negative finite number", timeout)
    return timeout  # type: ignore[no-any-return]
