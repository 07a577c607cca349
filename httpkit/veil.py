"""Veil: what hides the secrets of exchanges in all that is shown or saved of them, or hides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from . import redact, redacted_body
from .draft import Draft
from .messages import NO_RESPONSE, ReceivedResponse, SentRequest
from .redact import Secrets


@dataclass(frozen=True)
class Veil:
    """Hides `secrets` and what is named as one; with `reveal` everything stays as it is."""

    secrets: Secrets = field(default=frozenset(), repr=False)
    reveal: bool = False

    def __or__(self, other: Veil) -> Veil:
        """What hides the secrets of both."""
        return Veil(self.secrets | other.secrets, self.reveal)

    @classmethod
    def of(cls, messages: Iterable[tuple[SentRequest, ReceivedResponse]], *, reveal: bool = False) -> Self:
        """A veil over the secrets of exchanges, each a request and its response."""
        return cls(frozenset() if reveal else redact.secrets_of(messages), reveal)

    @classmethod
    def of_draft(cls, draft: Draft) -> Self:
        """A veil over the secrets of a request that was not sent."""
        sent = SentRequest(draft.method, draft.url, draft.raw_headers, draft.payload)
        return cls.of([(sent, NO_RESPONSE)])

    def text(self, value: str) -> str:
        return value if self.reveal else redact.text(value, self.secrets)

    def url(self, value: str) -> str:
        return value if self.reveal else redact.url(value, self.secrets)

    def header(self, name: str, value: str) -> str:
        return value if self.reveal else redact.header(name, value, self.secrets)

    def field(self, name: str, value: str) -> str:
        return value if self.reveal else redact.field(name, value, self.secrets)

    def secret(self, value: str) -> str:
        """What is a secret whatever it is called."""
        return value if self.reveal or not value else redact.HIDDEN

    def body(self, value: str, media_type: str) -> str:
        return value if self.reveal else redacted_body.text(value, media_type, self.secrets)

    def json(self, value: Any, *, hidden: bool = False) -> Any:
        """Parsed JSON; all texts and numbers in it are hidden where `hidden`."""
        return value if self.reveal else redacted_body.json_value(value, self.secrets, hidden=hidden)

    def data(self, value: bytes) -> bytes:
        """Bytes that are no text; nothing in them moves."""
        return value if self.reveal else redact.data(value, self.secrets)

    def cut(self, value: str) -> str:
        """Without the start of a secret at the end, where the rest is cut off or still to come."""
        return value if self.reveal else redact.cut(value, self.secrets)

    def holds_secret(self, data: bytes, media_type: str) -> bool:
        return not self.reveal and redacted_body.holds_secret(data, media_type, self.secrets)
