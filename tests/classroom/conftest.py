"""A classroom for each test: what one has changed, the next does not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import httpkit as http
from httpkit.classroom import Classroom
from httpkit.exchange import Exchange
from tests.serving import serving

Asked = Callable[..., Exchange]


@pytest.fixture
def ask() -> Iterator[Asked]:
    """`ask("GET", "/echo", headers, body)`: the exchange."""
    with serving(Classroom()) as server:
        origin = server.url.rstrip("/")

        def send(method: str, path: str, headers: Any = (), body: Any = b"", **delivery: Any) -> Exchange:
            return http.send(method, origin + path, headers, body, **{"timeout": 10_000, **delivery})

        yield send
