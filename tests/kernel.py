"""A real IPython kernel: code goes in as a notebook sends it, and all that it shows comes back."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from tempfile import TemporaryDirectory
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager


def uncolored(traceback: Iterable[str]) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(traceback))


@dataclass(frozen=True)
class Display:
    """One display: `type` is 'display_data', 'execute_result' or 'update_display_data', `data` its MIME bundle."""

    type: str
    data: Mapping[str, Any]
    metadata: Mapping[str, Any]
    display_id: str | None


@dataclass(frozen=True)
class Raised:
    """An exception as the kernel reports it; `traceback` is what the notebook shows, without its colours."""

    name: str
    message: str
    traceback: str


@dataclass
class Output:
    """What the kernel published while a cell ran, in order."""

    stdout: str = ""
    stderr: str = ""
    error: Raised | None = None
    displays: list[Display] = field(default_factory=list)

    def data(self, mime: str) -> list[Any]:
        """The displays that have `mime`, as that."""
        return [display.data[mime] for display in self.displays if mime in display.data]

    def add(self, message: Mapping[str, Any]) -> None:
        content = message["content"]
        match message["msg_type"]:
            case "stream" if content["name"] == "stdout":
                self.stdout += content["text"]
            case "stream":
                self.stderr += content["text"]
            case "error":
                self.error = Raised(content["ename"], content["evalue"], uncolored(content["traceback"]))
            case "display_data" | "execute_result" | "update_display_data" as type_:
                display_id = content.get("transient", {}).get("display_id")
                self.displays.append(Display(type_, content["data"], content["metadata"], display_id))


class Kernel:
    def __init__(self, manager: KernelManager, client: BlockingKernelClient) -> None:
        self.manager = manager
        self.client = client

    def run(self, code: str, timeout: float = 30) -> Output:
        """Runs a cell and waits until the kernel is idle again, at most `timeout` seconds.

        An exception in the cell is in `Output.error`. What other cells' background work shows meanwhile is in the
        output too. Raises TimeoutError, once the cell is interrupted, with what it had shown.
        """
        output = Output()
        cell = self.client.execute(code)
        try:
            self._collect(output, cell, timeout)
        except Empty:
            self.manager.interrupt_kernel()
            with suppress(Empty):
                self._collect(output, cell, timeout=10)
            raise TimeoutError(f"The cell still ran after {timeout} s: {output}") from None
        return output

    def _collect(self, output: Output, cell: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0, deadline - time.monotonic()))
            output.add(message)
            if (
                message["parent_header"].get("msg_id") == cell
                and message["msg_type"] == "status"
                and message["content"]["execution_state"] == "idle"
            ):
                return


@contextmanager
def start_kernel() -> Iterator[Kernel]:
    """A kernel of the Python that runs the tests, with no one's profile or start-up files, in an empty folder."""
    with TemporaryDirectory() as folder:
        ipython_dir = Path(folder, "ipython")
        work_dir = Path(folder, "work")
        work_dir.mkdir()
        # With no folders to look in, the kernel is this Python's own.
        specs = KernelSpecManager(kernel_dirs=[])
        manager = KernelManager(
            kernel_spec_manager=specs,
            kernel_name="python3",
            transport="ipc",  # files in `folder`: no port to race for
            connection_file=str(Path(folder, "kernel.json")),
        )
        manager.start_kernel(cwd=str(work_dir), env={**os.environ, "IPYTHONDIR": str(ipython_dir)})
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=60)
            yield Kernel(manager, client)
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
