"""Record: a dict whose items are attributes too, so that `server.address().port` reads as in Node."""

from __future__ import annotations

from typing import Any


class Record(dict[str, Any]):
    """Facts by name: `facts["port"]` or `facts.port`."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"there is no {name!r} among {', '.join(self)}", name=name, obj=self) from None
