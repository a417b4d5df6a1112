"""`make run` after setup: checks the port, prints the address, becomes Streamlit.

Usage: tools/serve.py PORT [option of `streamlit run` ...]; the configuration is .streamlit/config.toml.
"""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "127.0.0.1"


def main(port: str, options: list[str]) -> None:
    """Serve the app on the port, or leave with what is wrong and what to do."""
    if refusal := refuse(port):
        sys.exit(f"run: {refusal}")
    print(f"Stepscope: http://{ADDRESS}:{port}  (Ctrl+C stops it)", flush=True)
    os.chdir(ROOT)
    serve = ["-m", "streamlit", "run", "app.py", "--server.address", ADDRESS, "--server.port", port]
    os.execv(sys.executable, [sys.executable, *serve, *options])


def refuse(port: str) -> str | None:
    """Why the app cannot be served on this port and which option changes it; None when it can."""
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        return f"PORT={port} is not a port number. Nothing was started. Name one: make run PORT=8502"
    if is_free(int(port)):
        return None
    other = next(filter(is_free, range(int(port) + 1, min(int(port) + 100, 65536))), 8502)
    return (
        f"port {port} is in use, perhaps by a Stepscope that still runs (http://{ADDRESS}:{port}).\n"
        f"  Nothing was started. Use another port: make run PORT={other}"
    )


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "8501", sys.argv[2:])
