"""The notebook kit: `%load_ext httpkit`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from .magics import Magics

_loaded: WeakKeyDictionary[InteractiveShell, Magics] = WeakKeyDictionary()


def load(shell: InteractiveShell) -> None:
    """Give `shell` the magics."""
    from .magics import Magics

    unload(shell)
    _loaded[shell] = Magics(shell)
    _loaded[shell].load()


def unload(shell: InteractiveShell) -> None:
    """Take the magics away again and stop the servers they started."""
    magics = _loaded.pop(shell, None)
    if magics is not None:
        magics.unload()


def show(result: Any) -> None:
    """Show the result of a magic, if it has one."""
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is not None:
        _loaded[shell].live.show(result)
