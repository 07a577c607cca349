"""`python -m httpkit.classroom [PORT]`: the classroom in a terminal, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys

from httpkit import https
from httpkit.server import createServer

from .certificates import certificate
from .classroom import Classroom
from .entrance import listing


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m httpkit.classroom", description="A server to practise HTTP on, for this machine alone."
    )
    parser.add_argument("port", nargs="?", type=int, default=3000, help="3000 unless told otherwise; 0 is any free one")
    parser.add_argument("--tls", action="store_true", help="speak HTTPS, with a certificate that nobody trusts")
    options = parser.parse_args()
    classroom = Classroom()
    server = https.createServer(classroom, **certificate()) if options.tls else createServer(classroom)
    try:
        server.listen(options.port, "127.0.0.1")
    except (OSError, ValueError) as error:
        sys.exit(f"The classroom cannot open on port {options.port}: {error}\nAnother port: {parser.prog} 3001")
    # A terminal may have fewer characters than this text.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    scheme = "https" if options.tls else "http"
    sys.stdout.write(f"{listing(classroom.routes)}\n")
    sys.stdout.write(f"The classroom is open at {scheme}://localhost:{server.port}/ (Ctrl-C closes it)\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
