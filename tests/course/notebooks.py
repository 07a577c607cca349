"""The notebooks as files, and what a run makes of them.

What is stored are the outputs' texts alone: GitHub shows HTML without its style sheet, and a text reads well anywhere.
A run counts as the same as the stored one if only what is another each time differs: times, dates, ports, random keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import nbformat

from tests.execution import run
from tests.ports import free_ports_of_four_digits

FOLDER = Path(__file__).parents[2] / "notebooks"
KIT = FOLDER.parent / "httpkit"
PATHS = sorted(FOLDER.glob("*.ipynb"))

# The ports that notebooks use. Whatever listens on them on this machine, a run leaves alone.
_PORTS = [str(port) for port in range(3000, 3010)]

_VOLATILE = (
    (re.compile(r"(<0\.1|\d[\d,.]*) ?(ms|s)\b"), "TIME"),
    (re.compile(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"), "DATE"),
    (re.compile(r"(127\.0\.0\.1|localhost|port):? ?\d{5}\b"), r"\1:PORT"),
    (re.compile(r"\b[0-9a-f]{24,}\b|0x[0-9a-f]{6,}"), "KEY"),
    (re.compile(r"[A-Za-z0-9+/]{20,}={1,2}"), "KEY"),
    # Where tracebacks point at, which each version of Python does in its own way.
    (re.compile(r"^\s*[~^]+\n", re.MULTILINE), ""),
    # Columns are as wide as what is in them.
    (re.compile(r"[ \t]+"), " "),
)


def found(name: str) -> Path:
    """The one notebook whose file's name has this in it."""
    [path] = [path for path in PATHS if name in path.stem]
    return path


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


def write(notebook: Any, path: Path) -> None:
    """As JupyterLab writes it."""
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]


def executed(notebook: Any, folder: Path) -> Any:
    """The notebook with the outputs of a new run, on other ports than those it names; it names its own afterwards.

    Raises CellExecutionError where a cell fails.
    """
    ports = free_ports()
    copy = with_ports(notebook, ports)
    run(copy, folder)
    return with_ports(copy, {there: here for here, there in ports.items()})


def free_ports() -> dict[str, str]:
    """A port that nobody listens on for each that notebooks use, and no number that stands for anything else."""
    found = free_ports_of_four_digits(len(_PORTS) + 20)
    return dict(zip(_PORTS, [port for port in found if port not in _numbers()], strict=False))


@cache
def _numbers() -> frozenset[str]:
    """Numbers of four digits in the kit and its notebooks, such as those of RFCs, which no port should be taken for."""
    texts = (path.read_text() for path in [*KIT.rglob("*.py"), *PATHS])
    return frozenset(number for text in texts for number in re.findall(r"\b\d{4}\b", text))


def with_ports(notebook: Any, ports: dict[str, str]) -> Any:
    """A copy that names other ports."""
    text = re.sub(rf"\b({'|'.join(ports)})\b", lambda found: ports[found[1]], json.dumps(notebook))
    return nbformat.from_dict(json.loads(text))  # type: ignore[no-untyped-call]


def stored(notebook: Any) -> Any:
    """A run as it is stored: the texts of its outputs, cells counted from 1."""
    copy = deepcopy(notebook)
    numbers = count(1)
    copy.cells = [stored_cell(cell, next(numbers)) if cell.cell_type == "code" else cell for cell in copy.cells]
    copy.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return copy


def stored_cell(cell: Any, number: int = 1) -> Any:
    """A code cell, the so manieth of its notebook, with its outputs as they are stored."""
    copy = deepcopy(cell)
    # What nbclient notes of the time that it took.
    copy.metadata.pop("execution", None)
    copy.execution_count = number
    copy.outputs = list(_outputs(copy, number))
    return copy


def _outputs(cell: Any, number: int) -> Iterator[Any]:
    stream: Any = None
    for output in cell.outputs:
        kept = dict(output)
        if kept["output_type"] == "stream" and stream is not None and stream.name == kept["name"]:
            # What was printed comes in as many pieces as the kernel took time for.
            stream.text += kept["text"]
            continue
        if kept["output_type"] in ("display_data", "execute_result"):
            if "text/plain" not in kept["data"]:
                # The view of a widget, for the text of which see the output before.
                continue
            kept["data"] = {"text/plain": kept["data"]["text/plain"]}
            kept["metadata"] = {}
            if "execution_count" in kept:
                kept["execution_count"] = number
        if kept["output_type"] == "error":
            # The frames of a traceback are places on one machine.
            kept["traceback"] = [f"{kept['ename']}: {kept['evalue']}"]
        new = nbformat.from_dict(kept)  # type: ignore[no-untyped-call]
        stream = new if new.output_type == "stream" else None
        yield new


def shown(cell: Any) -> str:
    """What a reader of the stored notebook sees below a cell."""
    return "\n".join(_text(output).rstrip("\n") for output in cell.get("outputs", ()))


def _text(output: Any) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.text if output.output_type == "stream" else output.data.get("text/plain", ""))


def lasting(text: str) -> str:
    """A text without what is another in each run."""
    for pattern, instead in _VOLATILE:
        text = pattern.sub(instead, text)
    return text


def is_same(stored_cell: Any, new_cell: Any) -> bool:
    """Whether a cell shows what it showed before, apart from what is another each time."""
    return lasting(shown(stored_cell)) == lasting(shown(new_cell))
