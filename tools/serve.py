"""`make run` after setup: checks the port, prints the address, becomes Streamlit.  Usage: tools/serve.py PORT [option ...]

Further options go to `streamlit run`; the rest of the configuration is .streamlit/config.toml.
"""

import os
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "127.0.0.1"


def main(port_text: str, options: list[str]) -> int:
    """Serve the app on the port, or say why not and what to do."""
    if not port_text.isdecimal() or not 1 <= int(port_text) <= 65535:
        return _fail(f"PORT={port_text} is not a port number. Nothing was started. Try: make run PORT=8502")
    port = int(port_text)
    if not is_free(port):
        other = next(filter(is_free, range(port + 1, min(port + 100, 65536))), port + 1)
        return _fail(
            f"port {port} is in use, perhaps by a Stepscope that still runs (http://{ADDRESS}:{port}).\n"
            f"  Nothing was started. Use another port: make run PORT={other}"
        )
    print(f"Stepscope: http://{ADDRESS}:{port}  (Ctrl+C stops it)", flush=True)
    os.chdir(ROOT)
    serve = ["-m", "streamlit", "run", "app.py", "--server.address", ADDRESS, "--server.port", str(port)]
    os.execv(sys.executable, [sys.executable, *serve, *options])


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True


def _fail(text: str) -> int:
    print(f"run: {text}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "8501", sys.argv[2:]))
