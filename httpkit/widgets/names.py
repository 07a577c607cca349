"""The names of the notebook, for templates such as {{token}}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def notebook_names() -> Mapping[str, Any]:
    """The names of the notebook; none where there is no notebook."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    return shell.user_ns if shell is not None else {}
