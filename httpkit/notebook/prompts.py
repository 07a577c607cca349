"""Values that are asked for: typed unseen, and hidden in all that is shown from then on."""

from __future__ import annotations

import os
from getpass import getpass

from httpkit import redact

from .mistakes import Mistake


def prompted(name: str, description: str = "") -> str:
    """What somebody types for `name`; it is not shown while it is typed, nor later. Raises Mistake."""
    question = f"{name} ({description}): " if description else f"{name}: "
    try:
        value = getpass(question)
    except (EOFError, KeyboardInterrupt):
        raise Mistake(f"Nothing was typed for {name}: the request was not sent.") from None
    except Exception as error:
        if type(error).__name__ != "StdinNotImplementedError":
            raise
        raise Mistake(
            f"{name} has to be typed, and nobody is there to ask. Set {name} = … in a cell, and leave out @prompt."
        ) from None
    redact.remember(value)
    return value


def confirmed(what: str) -> bool:
    """Whether somebody says that `what` is to be sent. Raises Mistake where nobody is there."""
    try:
        return input(f"Send {what}? [y/N] ").strip().lower() in ("y", "yes")
    except (EOFError, KeyboardInterrupt):
        return False
    except Exception as error:
        if type(error).__name__ != "StdinNotImplementedError":
            raise
        raise Mistake(f"{what} says `# @note`: somebody has to agree before it is sent, and nobody is there.") from None


class Secret(str):
    """A text like any other in a request, which does not show itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<Secret {redact.HIDDEN}>"


def secret(name: str, service: str = "httpkit") -> Secret:
    """A secret by its name: from the environment, else from the system's keyring, else typed.

    The keyring needs the package `keyring`; `keyring set httpkit NAME` in a terminal puts something there. Raises
    Mistake.
    """
    value = os.environ.get(name) or _from_keyring(service, name)
    if not value:
        return Secret(prompted(name))
    redact.remember(value)
    return Secret(value)


def _from_keyring(service: str, name: str) -> str | None:
    try:
        import keyring
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(service, name)
        return found
    except keyring.errors.KeyringError:
        # A machine without a keyring: a container, say.
        return None
