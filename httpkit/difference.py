"""Stub of the lead's, to be replaced by whoever writes difference.py."""
from typing import Any
class Difference(tuple[Any, ...]): ...
def diff(a: Any, b: Any) -> Difference: return Difference()
