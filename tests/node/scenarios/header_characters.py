"""Every character that may stand in the name and in the value of a header that is sent, and those that may not."""

from prelude import log, run

import httpkit as http


def accepts(check, character):
    try:
        check(character)
        return True
    except http.NodeError:
        return False


async def main():
    codes = range(300)

    def characters(check):
        return [code for code in codes if accepts(check, chr(code))]

    log("name", characters(lambda character: http.validateHeaderName(f"X{character}")))
    log("value", characters(lambda character: http.validateHeaderValue("X", f"a{character}b")))
    log("lenient value", characters(lambda character: http.validateHeaderValue("X", f"a{character}b", True)))


run(main)
