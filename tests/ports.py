"""Ports that nobody listens on."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack, suppress


def free_ports(count: int) -> list[str]:
    with ExitStack() as stack:
        found = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [str(each.getsockname()[1]) for each in found]


def free_ports_of_four_digits(count: int) -> list[str]:
    """As long as 3000 is, so that messages that name them are as long as those that name it."""
    found: list[str] = []
    for port in random.sample(range(4000, 10_000), 1000):
        if len(found) == count:
            break
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            found.append(str(port))
    return found
