"""Serves the practice airline on 127.0.0.1:  python -m practice.airline --port 8801

Prints one JSON line with the port. With `--with-parent` it ends when its parent dies: when standard input
closes, or when another process has become its parent.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import select
import socket
import sys
import threading
from collections.abc import Sequence

import uvicorn

from practice.airline.app import create_app
from practice.airline.scenarios import SCENARIOS

HOST = "127.0.0.1"
PARENT_CHECK_SECONDS = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; 1 when the port is in use."""
    options = _parser().parse_args(arguments)
    try:
        listener = socket.create_server((HOST, options.port))
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it must be 0 to 65535"
        sys.stderr.write(f"practice.airline: port {options.port} cannot be used ({why}); try --port 0\n")
        return 1
    token = options.token or secrets.token_hex(16)
    app = create_app(token, seed=options.seed, scenario=options.scenario)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    if options.with_parent:
        threading.Thread(target=_end_with_parent, args=(server, os.getppid()), daemon=True).start()
    port = listener.getsockname()[1]
    _announce(port, options.token, token, app.state.site.assignment.objective)
    with listener, contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    return 0


def _announce(port: int, given: str, token: str, objective: str) -> None:
    """One JSON line; a token made here is shown, one that was given is not repeated."""
    line = {"port": port, "url": f"http://{HOST}:{port}", "objective": objective}
    if not given:
        line["token"] = token
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _end_with_parent(server: uvicorn.Server, parent: int) -> None:
    """Ask the server to stop when standard input is closed or the parent is another process."""
    while os.getppid() == parent:
        readable, _, _ = select.select([sys.stdin], [], [], PARENT_CHECK_SECONDS)
        if readable and not os.read(sys.stdin.fileno(), 1024):
            break
    server.should_exit = True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m practice.airline", description="Serve the practice airline.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--token", default="", help="for control calls; made and printed when left out")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first state")
    parser.add_argument("--scenario", default="find_flight", choices=list(SCENARIOS), help="what is asked first")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one ends")
    return parser


if __name__ == "__main__":
    sys.exit(main())
