"""An API to be explored: lighthouses, behind a key, in pages, with a limit; what it wants it says where it refuses."""

from __future__ import annotations

from asyncio import get_running_loop
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, NamedTuple

from .caching import etag_of, is_unchanged
from .replies import Refusal, number, read_json, send_json
from .routes import Route

_PER_PAGE = 4
_PER_MINUTE = 200
_MOST_KEYS = 1_000


class Lighthouse(NamedTuple):
    """`height` in metres, `built` a year."""

    id: str
    name: str
    country: str
    built: int
    height: int


LIGHTHOUSES = (
    Lighthouse("hercules", "Tower of Hercules", "Spain", 100, 55),
    Lighthouse("hook", "Hook Head", "Ireland", 1172, 35),
    Lighthouse("kopu", "Kõpu", "Estonia", 1531, 36),
    Lighthouse("genoa", "Lanterna of Genoa", "Italy", 1543, 77),
    Lighthouse("cordouan", "Cordouan", "France", 1611, 68),
    Lighthouse("bell-rock", "Bell Rock", "Scotland", 1810, 35),
    Lighthouse("skagen", "Grå Fyr of Skagen", "Denmark", 1858, 46),
    Lighthouse("creach", "Créac’h", "France", 1863, 55),
    Lighthouse("hatteras", "Cape Hatteras", "USA", 1870, 64),
    Lighthouse("ile-vierge", "Île Vierge", "France", 1902, 83),
    Lighthouse("fastnet", "Fastnet", "Ireland", 1904, 54),
)


@dataclass
class _Reader:
    """Who has a key: how many requests are left until `since` is a minute ago, in seconds of the loop."""

    since: float
    left: int = _PER_MINUTE


class Lighthouses:
    """The API with the keys that it gave and the visits that were noted."""

    def __init__(self) -> None:
        self._readers: dict[str, _Reader] = {}
        self._visits: dict[str, list[str]] = {}
        self.routes = (
            Route(("GET",), "/api", self.start, "/api"),
            Route(("POST",), "/api/keys", self.give_key),
            Route(("GET",), "/api/lighthouses", self.list),
            Route(("GET",), "/api/lighthouses/{id}", self.read),
            Route(("GET",), "/api/lighthouses/{id}/visits", self.visits),
            Route(("POST",), "/api/lighthouses/{id}/visits", self.visit),
            Route(("GET",), "/api/lights", self.moved),
        )

    def start(self, req: Any, res: Any) -> None:
        """An API to explore: begin here, with nothing but this URL"""
        send_json(res, {"title": "Lighthouses", "links": {"lighthouses": "/api/lighthouses", "keys": "/api/keys"}})

    async def give_key(self, req: Any, res: Any) -> None:
        """Gives a key to whoever says a name"""
        asked = await read_json(req)
        name = asked.get("name") if isinstance(asked, dict) else None
        if not isinstance(name, str) or not name.strip():
            raise Refusal(422, 'name is missing: expected an object such as {"name": "Ann"}.')
        key = token_hex(16)
        self._readers[key] = _Reader(_now())
        if len(self._readers) > _MOST_KEYS:
            del self._readers[next(iter(self._readers))]
        res.setHeader("Cache-Control", "no-store")
        send_json(res, {"key": key, "use": "Authorization: Bearer KEY"}, 201)

    def list(self, req: Any, res: Any) -> None:
        """Lighthouses by age, four to a page; Link leads on, ?country= picks some"""
        self._admit(req, res)
        if unknown := sorted(req.query.keys() - {"country", "page"}):
            raise Refusal(400, f"Unknown: {', '.join(unknown)}. The query may have country and page.")
        page = number(req.query.get("page", "1"), "page", 1, 1_000)
        country = req.query.get("country")
        found = [each for each in LIGHTHOUSES if country is None or each.country.lower() == country.lower()]
        if page * _PER_PAGE < len(found):
            rest = f"&country={country}" if country else ""
            res.setHeader("Link", f'</api/lighthouses?page={page + 1}{rest}>; rel="next"')
        shown = found[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        items = [{"name": each.name, "url": f"/api/lighthouses/{each.id}"} for each in shown]
        send_json(res, {"total": len(found), "lighthouses": items})

    def read(self, req: Any, res: Any) -> None:
        """One lighthouse"""
        self._admit(req, res)
        lighthouse = _find(req)
        res.setHeader("ETag", etag := etag_of(repr(lighthouse)))
        res.setHeader("Cache-Control", "private, max-age=3600")
        if is_unchanged(req, res, etag):
            return
        facts = {"name": lighthouse.name, "country": lighthouse.country, "built": lighthouse.built}
        links = {"visits": f"/api/lighthouses/{lighthouse.id}/visits"}
        send_json(res, {**facts, "height": {"value": lighthouse.height, "unit": "m"}, "links": links})

    def visits(self, req: Any, res: Any) -> None:
        """Who was there"""
        self._admit(req, res)
        send_json(res, {"visits": self._visits.get(_find(req).id, [])})

    async def visit(self, req: Any, res: Any) -> None:
        """Notes a visit"""
        self._admit(req, res)
        lighthouse = _find(req)
        asked = await read_json(req)
        visitor = asked.get("visitor") if isinstance(asked, dict) else None
        if not isinstance(visitor, str) or not 0 < len(visitor) <= 100:
            raise Refusal(422, 'visitor is missing: expected an object such as {"visitor": "Ann"}.')
        seen = self._visits.setdefault(lighthouse.id, [])
        if visitor in seen:
            raise Refusal(409, f"{visitor} was here before; a visit is noted once.")
        seen.append(visitor)
        res.setHeader("Location", f"/api/lighthouses/{lighthouse.id}/visits")
        send_json(res, {"visitor": visitor, "number": len(seen)}, 201)

    def moved(self, req: Any, res: Any) -> None:
        """Where the list used to be"""
        res.setHeader("Location", "/api/lighthouses")
        send_json(res, {"moved": "/api/lighthouses"}, 308)

    def _admit(self, req: Any, res: Any) -> None:
        """Lets whoever has a key in, as often as the limit allows. Raises Refusal: 401, 429."""
        challenge = {"WWW-Authenticate": 'Bearer realm="lighthouses"'}
        scheme, _, key = req.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refusal(401, "Expected a key: Authorization: Bearer KEY. POST /api/keys gives one.", challenge)
        reader = self._readers.get(key.strip())
        if reader is None:
            challenge["WWW-Authenticate"] += ', error="invalid_token"'
            raise Refusal(401, "Nobody has this key. POST /api/keys gives one.", challenge)
        waited = _now() - reader.since
        if waited >= 60:
            reader.since, reader.left, waited = _now(), _PER_MINUTE, 0.0
        if reader.left == 0:
            wait = {"Retry-After": str(int(60 - waited) + 1)}
            raise Refusal(429, f"Expected at most {_PER_MINUTE} requests a minute.", wait)
        reader.left -= 1
        res.setHeader("X-RateLimit-Limit", _PER_MINUTE)
        res.setHeader("X-RateLimit-Remaining", reader.left)


def _now() -> float:
    return get_running_loop().time()


def _find(req: Any) -> Lighthouse:
    found = [each for each in LIGHTHOUSES if each.id == req.params["id"]]
    if not found:
        raise Refusal(404, f"There is no lighthouse {req.params['id']!r}; GET /api/lighthouses lists them.")
    return found[0]
