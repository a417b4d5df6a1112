"""Serves one practice site on 127.0.0.1, as `python -m practice.<site> --port 8801` does.

Prints one JSON line with the port. With `--with-parent` it ends when its parent dies: when standard input
closes, or when another process has become its parent. Leaves the app to the site.
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
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette

from practice.control import ControlledSite

HOST = "127.0.0.1"
PARENT_CHECK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Served:
    """A site to serve: `module` as Python runs it, `called` as people say it, `create(token, seed, scenario)`."""

    module: str
    called: str
    scenarios: tuple[str, ...]
    create: Callable[[str, int, str], Starlette]


def serve(served: Served, arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; 1 when the port is in use."""
    options = _parser(served).parse_args(arguments)
    try:
        listener = socket.create_server((HOST, options.port))
    except (OSError, OverflowError) as error:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it must be 0 to 65535"
        sys.stderr.write(f"{served.module}: port {options.port} cannot be used ({why}); try --port 0\n")
        return 1
    token = options.token or secrets.token_hex(16)
    app = served.create(token, options.seed, options.scenario)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    if options.with_parent:
        threading.Thread(target=_end_with_parent, args=(server, os.getppid()), daemon=True).start()
    site: ControlledSite = app.state.site
    _announce(listener.getsockname()[1], options.token, token, site.asked().objective)
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


def _parser(served: Served) -> argparse.ArgumentParser:
    names = list(served.scenarios)
    parser = argparse.ArgumentParser(prog=f"python -m {served.module}", description=f"Serve {served.called}.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--token", default="", help="for control calls; made and printed when left out")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first state")
    parser.add_argument("--scenario", default=names[0], choices=names, help="what is asked first")
    parser.add_argument("--with-parent", action="store_true", help="end when the process that started this one ends")
    return parser
