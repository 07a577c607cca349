"""A small REST resource: notes that can be listed, made, read, changed and removed."""

from __future__ import annotations

import json
from typing import Any

from .caching import check_conditions, etag_of, is_unchanged
from .replies import Refusal, number, read_json, send_json
from .routes import Route

_MOST = 1_000
_LONGEST = 10_000  # characters of a text


class Notes:
    """The notes of one classroom, by id."""

    def __init__(self) -> None:
        self._notes: dict[int, dict[str, Any]] = {}
        self._last = 0
        for text in ("Safe methods change nothing.", "PUT twice is PUT once."):
            self._add({"text": text, "done": False})
        self.routes = (
            Route(("GET",), "/notes", self.list, "/notes?page=1&size=2"),
            Route(("POST",), "/notes", self.create),
            Route(("GET",), "/notes/{id}", self.read, "/notes/1"),
            Route(("PUT",), "/notes/{id}", self.replace),
            Route(("PATCH",), "/notes/{id}", self.change),
            Route(("DELETE",), "/notes/{id}", self.remove),
        )

    def list(self, req: Any, res: Any) -> None:
        """Lists notes, ?page=1 of ?size=10; Link names the next page and the one before"""
        page = number(req.query.get("page", "1"), "page", 1, 1_000_000)
        size = number(req.query.get("size", "10"), "size", 1, 100)
        notes = list(self._notes.values())
        shown = notes[(page - 1) * size : page * size]
        links = [("prev", page - 1)] if page > 1 else []
        if page * size < len(notes):
            links.append(("next", page + 1))
        if links:
            res.setHeader("Link", ", ".join(f'</notes?page={to}&size={size}>; rel="{rel}"' for rel, to in links))
        send_json(res, {"notes": shown, "total": len(notes)})

    async def create(self, req: Any, res: Any) -> None:
        """Makes a note of {"text": "…"}: 201, and Location says where it is"""
        fields = _checked({"done": False, **_object(await read_json(req))})
        if len(self._notes) >= _MOST:
            raise Refusal(507, f"There are {_MOST:,} notes; remove some.")
        note = self._add(fields)
        res.setHeader("Location", f"/notes/{note['id']}")
        self._send(res, note, 201)

    def read(self, req: Any, res: Any) -> None:
        """One note, with an ETag for its version"""
        note = self._find(req)
        res.setHeader("ETag", etag := _etag(note))
        if not is_unchanged(req, res, etag):
            send_json(res, note)

    async def replace(self, req: Any, res: Any) -> None:
        """Puts another note in its place; with If-Match only where nobody else has changed it"""
        fields = _checked({"done": False, **_object(await read_json(req))})
        self._update(req, res, fields)

    async def change(self, req: Any, res: Any) -> None:
        """Changes the fields that are given (JSON Merge Patch, RFC 7396)"""
        given = _object(await read_json(req))
        note = self._find(req)
        # In a merge patch null takes a field away.
        merged = {key: value for key, value in {**note, **given}.items() if key != "id" and value is not None}
        self._update(req, res, _checked({"done": False, **merged}))

    def remove(self, req: Any, res: Any) -> None:
        """Removes it: 204, and 404 from then on"""
        note = self._find(req)
        check_conditions(req, _etag(note))
        del self._notes[note["id"]]
        res.writeHead(204)
        res.end()

    def _add(self, fields: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        note = {"id": self._last, **fields}
        self._notes[self._last] = note
        return note

    def _update(self, req: Any, res: Any, fields: dict[str, Any]) -> None:
        note = self._find(req)
        check_conditions(req, _etag(note))
        changed = {"id": note["id"], **fields}
        self._notes[note["id"]] = changed
        self._send(res, changed)

    def _find(self, req: Any) -> dict[str, Any]:
        number_ = number(req.params["id"], "The id", 1, 10_000_000_000)
        if number_ not in self._notes:
            check_conditions(req, None)
            raise Refusal(404, f"There is no note {number_}; GET /notes lists those there are.")
        return self._notes[number_]

    def _send(self, res: Any, note: dict[str, Any], status: int = 200) -> None:
        res.setHeader("ETag", _etag(note))
        send_json(res, note, status)


def _etag(note: dict[str, Any]) -> str:
    return etag_of(json.dumps(note, sort_keys=True))


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(422, f'Expected an object such as {{"text": "…"}}, got {json.dumps(value)[:40]}.')
    return {key: each for key, each in value.items() if key != "id"}


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a note. Raises Refusal (422) where one is wrong, missing or unknown."""
    text, done = fields.get("text"), fields.get("done")
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST:
        raise Refusal(422, f"text is missing or wrong: expected a text of 1 to {_LONGEST:,} characters.")
    if not isinstance(done, bool):
        raise Refusal(422, "done is wrong: expected true or false.")
    if unknown := sorted(fields.keys() - {"text", "done"}):
        raise Refusal(422, f"Unknown: {', '.join(unknown)}. A note has text and done.")
    return {"text": text, "done": done}
