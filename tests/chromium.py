"""Debian's Chromium, or another one on PATH, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# Root needs the first; the others keep the browser from calling home.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@contextmanager
def start_chromium() -> Iterator[Browser]:
    """While it is open an event loop counts as running in this thread: that is how Playwright's sync API works."""
    # None stands for Playwright's own browser; if that is missing as well, its error says how to get it.
    path = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=FLAGS) as browser:
        yield browser
