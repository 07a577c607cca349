"""A server to practise on, without the internet: echo, statuses, delays, streams, caches, cookies, doors, notes.

    from httpkit.classroom import open_classroom

    open_classroom(3000)

In a terminal it is `python -m httpkit.classroom`. `GET /` lists all there is. `Classroom()` is a handler for any server
of httpkit's, and built with it: each of its files is an example of how to do what it shows.
"""

from __future__ import annotations

from .certificates import certificate
from .classroom import Classroom, open_classroom

__all__ = ["Classroom", "certificate", "open_classroom"]
