"""Options of createServer: what is taken, what is refused, and in which words."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import httpkit as http
from httpkit.server_options import RULES, checked_options

RIGHT: dict[str, Any] = {
    "connectionsCheckingInterval": 1000,
    "headersTimeout": 10,
    "requestTimeout": 0,
    "keepAliveTimeout": 0,
    "keepAliveTimeoutBuffer": 0,
    "keepAliveInitialDelay": 500,
    "maxHeaderSize": 100,
    "highWaterMark": 10,
    "noDelay": False,
    "keepAlive": True,
    "requireHostHeader": False,
    "joinDuplicateHeaders": True,
    "rejectNonStandardBodyWrites": True,
    "optimizeEmptyRequests": True,
    "insecureHTTPParser": False,
    "httpValidation": "relaxed",
    "uniqueHeaders": ["x"],
    "IncomingMessage": http.IncomingMessage,
    "ServerResponse": http.ServerResponse,
    "shouldUpgradeCallback": len,
}


def test_every_option_is_tried_here() -> None:
    assert RIGHT.keys() == RULES.keys()


@pytest.mark.parametrize("name", RIGHT)
def test_an_option_is_a_mapping_s_or_a_keyword_s(name: str) -> None:
    assert checked_options({name: RIGHT[name]}, {}) == checked_options(None, {name: RIGHT[name]})


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if not rule.holds(object())])
def test_a_wrong_type_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=rf'The "options.{name}" property must be .+ Received an instance of object'):
        checked_options({name: object()}, {})


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.is_number])
@pytest.mark.parametrize("value", [-1, 1.5])
def test_a_number_out_of_range_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf'"options.{name}" is out of range. It must be an integer .+ Received'):
        checked_options({name: value}, {})


def test_true_is_no_number() -> None:
    with pytest.raises(TypeError, match=r"Received type bool \(True\)"):
        checked_options({"maxHeaderSize": True}, {})


def test_none_is_as_good_as_nothing() -> None:
    assert checked_options(dict.fromkeys(RULES), {}) == {}


def test_a_mapping_may_hold_what_means_nothing_and_keywords_may_not() -> None:
    assert checked_options({"port": 3000}, {}) == {"port": 3000}
    with pytest.raises(TypeError, match='"requestTimeOut" argument must be left out: the options are connections'):
        checked_options(None, {"requestTimeOut": 5})


@pytest.mark.parametrize("options", [{"insecureHTTPParser": True}, {"httpValidation": "insecure"}])
def test_the_parser_is_never_made_insecure(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="is not offered: httpkit never parses insecurely") as caught:
        http.createServer(options)
    assert getattr(caught.value, "code", "") == "ERR_INVALID_ARG_VALUE"


def test_two_options_for_one_thing_are_refused() -> None:
    with pytest.raises(TypeError, match="cannot be used together with options.insecureHTTPParser"):
        checked_options({"httpValidation": "strict", "insecureHTTPParser": False}, {})
    with pytest.raises(TypeError, match="must be one of: 'strict', 'relaxed'. Received 'loose'"):
        checked_options({"httpValidation": "loose"}, {})


def test_headers_may_not_take_longer_than_the_request() -> None:
    async def program() -> float:
        with pytest.raises(ValueError, match=r"<= requestTimeout \(1000\). Received 2000"):
            http.createServer(requestTimeout=1000, headersTimeout=2000)
        return http.createServer(requestTimeout=1000).headersTimeout

    assert asyncio.run(program()) == 1000
