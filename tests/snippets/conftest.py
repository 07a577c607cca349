from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.snippets.cases import Recorder, recorder


@pytest.fixture(scope="module")
def arrivals() -> Iterator[Recorder]:
    with recorder() as made:
        yield made
