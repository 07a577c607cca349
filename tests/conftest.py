"""The real things that tests talk to: a kernel, a terminal, a browser, a JupyterLab."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvloop
from playwright.sync_api import Browser, Page

from httpkit import redact
from httpkit.notebook.recording import recorder
from tests.chromium import start_chromium
from tests.jupyter import Lab, start_jupyterlab
from tests.kernel import Kernel, start_kernel
from tests.loops import Main
from tests.terminal import Terminal, start_terminal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, pytest.Function) and {"browser", "lab"} & set(item.fixturenames):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """What one test called a secret is none in the next, and what it sent is not listed there."""
    yield
    redact.forget()
    recorder.stop()
    recorder.clear()


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with start_kernel() as kernel:
        yield kernel


@pytest.fixture(scope="module")
def terminal() -> Iterator[Terminal]:
    with start_terminal() as terminal:
        yield terminal


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with start_jupyterlab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


# No wider than a module, as an event loop counts as running while it is open: tests of httpkit itself would see that.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with start_chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Main], Any]:
    """Runs a program, on asyncio's loop and on uvloop's."""

    def run(main: Main) -> Any:
        with asyncio.Runner(loop_factory=request.param) as runner:
            return runner.run(main())

    return run
