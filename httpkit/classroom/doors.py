"""Rooms that ask who is there. The names and passwords are for practice, and no secret."""

from __future__ import annotations

from base64 import b64decode
from hmac import compare_digest
from typing import Any

from .replies import Refusal, read_json, send_json
from .routes import Route

USER, PASSWORD, TOKEN = "ann", "open sesame", "practice-token"


def basic(req: Any, res: Any) -> None:
    """Opens to the name `ann` with the password `open sesame` (Basic, RFC 7617)"""
    challenge = {"WWW-Authenticate": 'Basic realm="the classroom", charset="UTF-8"'}
    scheme, _, credentials = req.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Refusal(401, "Expected Authorization: Basic …, as --auth ann:PASSWORD sends it.", challenge)
    try:
        given = b64decode(credentials, validate=True).decode()
    except ValueError:
        raise Refusal(401, "The credentials are not Base64 of name:password.", challenge) from None
    # In the same time whatever is wrong, so that nobody can find a password letter by letter.
    if not compare_digest(given.encode(), f"{USER}:{PASSWORD}".encode()):
        raise Refusal(401, "The name or the password is wrong.", challenge)
    send_json(res, {"welcome": USER})


def bearer(req: Any, res: Any) -> None:
    """Opens to the token that POST /auth/token gives (Bearer, RFC 6750)"""
    scheme, _, token = req.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        detail = "Expected Authorization: Bearer TOKEN; POST /auth/token gives one."
        raise Refusal(401, detail, {"WWW-Authenticate": 'Bearer realm="the classroom"'})
    if not compare_digest(token.strip().encode(), TOKEN.encode()):
        challenge = 'Bearer realm="the classroom", error="invalid_token"'
        raise Refusal(401, "The token is not one of this server's.", {"WWW-Authenticate": challenge})
    send_json(res, {"welcome": USER, "scope": "everything"})


async def token(req: Any, res: Any) -> None:
    """Gives a token for {"user": "ann", "password": "open sesame"}"""
    asked = await read_json(req)
    if not isinstance(asked, dict) or (asked.get("user"), asked.get("password")) != (USER, PASSWORD):
        raise Refusal(403, 'Expected {"user": "ann", "password": "open sesame"}.')
    res.setHeader("Cache-Control", "no-store")
    send_json(res, {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 3600})


ROUTES = (
    Route(("GET",), "/auth/basic", basic, "/auth/basic"),
    Route(("GET",), "/auth/bearer", bearer, "/auth/bearer"),
    Route(("POST",), "/auth/token", token, "/auth/token"),
)
