"""IPython in a real terminal: lines are typed, and what it prints is read up to the next prompt."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from pexpect.fdpexpect import fdspawn

# The prompts of `--simple-prompt`: for a cell, and for another line of it.
CELL = r"In \[\d+\]: "
MORE = r" +\.\.\.: "


class Terminal:
    def __init__(self, session: fdspawn[str]) -> None:
        self._session = session

    def run(self, cell: str, timeout: float = 30) -> str:
        """Types a cell and gives what was printed; a blank line in a block ends it, as for anyone who types.

        Raises pexpect.TIMEOUT when no prompt follows.
        """
        printed = ""
        lines = deque(cell.strip().splitlines())
        more = False
        # Blank lines end what is still open: one a block, two a cell magic.
        while lines or more:
            self._session.sendline(lines.popleft() if lines else "")
            more = bool(self._session.expect([CELL, MORE], timeout=timeout))
            printed += self._session.before or ""
        return printed.replace("\r\n", "\n")


@contextmanager
def start_terminal() -> Iterator[Terminal]:
    """IPython of the Python that runs the tests, with no one's profile or history."""
    # Not pexpect.spawn: it forks, which Python warns of in a process that has threads.
    ours, theirs = pty.openpty()
    attributes = termios.tcgetattr(theirs)
    attributes[3] &= ~termios.ECHO
    termios.tcsetattr(theirs, termios.TCSANOW, attributes)
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"]
        process = subprocess.Popen(
            [*command, "--HistoryManager.enabled=False"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env={**os.environ, "IPYTHONDIR": folder, "TERM": "dumb"},
            start_new_session=True,
        )
        os.close(theirs)
        session = fdspawn(ours, encoding="utf-8", timeout=60)
        try:
            session.expect(CELL)
            yield Terminal(session)
        finally:
            process.kill()
            process.wait()
            session.close()
