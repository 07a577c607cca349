"""How strictly headers are read and written: the option `httpValidation`, which Node's `insecureHTTPParser` became.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpcreateserveroptions-requestlistener
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import wrong_type, wrong_value


def check_validation(given: Mapping[str, Any]) -> None:
    """Refuse what would make the parser accept malformed messages: that is how requests are smuggled.

    Raises ERR_INVALID_ARG_VALUE.
    """
    validation, insecure = given.get("httpValidation"), given.get("insecureHTTPParser")
    if insecure is not None and not isinstance(insecure, bool):
        raise wrong_type("options.insecureHTTPParser", "of type bool", insecure)
    if validation is not None and validation not in ("strict", "relaxed", "insecure"):
        raise wrong_value("options.httpValidation", "must be one of: 'strict', 'relaxed'", validation)
    if validation is not None and insecure is not None:
        raise wrong_value(
            "options.httpValidation", "cannot be used together with options.insecureHTTPParser", validation
        )
    if insecure or validation == "insecure":
        name = "insecureHTTPParser" if insecure else "httpValidation"
        raise wrong_value(f"options.{name}", "is not offered: httpkit never parses insecurely", insecure or validation)
