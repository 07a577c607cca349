"""Stub of the lead's, to be replaced by whoever writes archive.py."""
from typing import Any
class Archive(tuple[Any, ...]): ...
def read_har(source: Any) -> Archive: return Archive()
def write_har(path: Any, exchanges: Any, *, reveal: bool = False) -> Any: return path
