"""The tour in the README, in a real kernel: what is printed there works."""

from __future__ import annotations

import re
from pathlib import Path

from tests.kernel import Kernel
from tests.ports import free_ports

TEXT = (Path(__file__).parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def test_the_tour_runs(kernel: Kernel) -> None:
    ports = ["3000", "3001", "8000", "8443"]
    free = dict(zip(ports, free_ports(len(ports)), strict=True))
    for block in BLOCKS:
        code = re.sub("|".join(ports), lambda found: free[found[0]], block)
        output = kernel.run(code)
        assert (output.error, output.stderr) == (None, ""), code
    assert len(BLOCKS) >= 10
