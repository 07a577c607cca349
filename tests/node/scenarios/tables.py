"""METHODS and STATUS_CODES."""

from prelude import log, run

import httpkit as http


async def main():
    for method in http.METHODS:
        log("METHODS", method)
    for code, reason in http.STATUS_CODES.items():
        log("STATUS_CODES", int(code), reason)


run(main)
