"""The site of the cases: the pages of tests/browser/pages/cases under two origins, some odd answers, and a log.

`127.0.0.1` and `localhost` are different sites to Chromium: a frame of the other one runs in a process of its own.
"""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus, urlsplit

PAGES = Path(__file__).parents[2] / "browser" / "pages" / "cases"
KINDS = {".html": "text/html; charset=utf-8", ".js": "text/javascript", ".pdf": "application/pdf"}


@dataclass(frozen=True)
class Heard:
    """An entry of a page's log: `at` in Unix milliseconds; kind is `event` (trusted input), `effect` or `note`."""

    at: float
    kind: str
    text: str
    url: str


class CaseSite:
    """A server of the pages. `{other}` in a page is the other origin's address. Close it when done."""

    def __init__(self) -> None:
        self.log: list[Heard] = []
        self.posts: list[str] = []
        self.closing = threading.Event()
        self._nobody = socket.socket()
        self._nobody.bind(("127.0.0.1", 0))
        self._server = _Server(self)
        self._distrusted = _Server(self)
        self._distrusted.socket = _with_a_bad_certificate(self._distrusted.socket)
        servers = (self._server, self._distrusted)
        self._threads = [threading.Thread(target=s.serve_forever, args=(0.05,), daemon=True) for s in servers]
        for thread in self._threads:
            thread.start()

    @property
    def port(self) -> int:
        """The port of both origins."""
        return self._server.server_address[1]

    def url(self, page: str = "") -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}/{page.removeprefix('/')}"

    @property
    def other(self) -> str:
        """The other origin, of another site."""
        return f"http://localhost:{self.port}"

    @property
    def down(self) -> str:
        """An address where nothing listens."""
        return f"http://127.0.0.1:{self._nobody.getsockname()[1]}"

    @property
    def distrusted(self) -> str:
        """An address whose certificate cannot be trusted."""
        return f"https://127.0.0.1:{self._distrusted.server_address[1]}"

    def close(self) -> None:
        """End the servers; answers that wait are given up."""
        self.closing.set()
        for server, thread in zip((self._server, self._distrusted), self._threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()
        self._nobody.close()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, site: CaseSite) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site

    def handle_error(self, request: object, client_address: object) -> None:
        """A page that leaves breaks connections; that is no error here."""


def _with_a_bad_certificate(plain: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("untrusted.pem"))
    return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Odd answers: /redirect?to= · /slow?ms=&to= · /never · /204 · /download · /auth · /echo (what was sent)."""

    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {key: values[0] for key, values in parse_qs(parts.query).items()}
        match parts.path:
            case "/redirect":
                self._answer(302, {"Location": asked["to"]})
            case "/slow":
                self.server.site.closing.wait(float(asked["ms"]) / 1000)
                self._file(asked.get("to", "plain.html"))
            case "/never":
                self.server.site.closing.wait()
            case "/204":
                self._answer(204, {})
            case "/download":
                headers = {"Content-Disposition": "attachment; filename=report.csv", "Content-Type": "text/csv"}
                self._answer(200, headers, b"a,b\n1,2\n")
            case "/auth":
                self._auth()
            case "/echo":
                self._echo(parts.query)
            case path:
                self._file(path.removeprefix("/"))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/log":
            entry = json.loads(body)
            self.server.site.log.append(Heard(entry["at"], entry["kind"], entry["text"], entry["url"]))
            self._answer(204, {})
            return
        self.server.site.posts.append(body)
        self._echo(body)

    def _auth(self) -> None:
        if self.headers.get("Authorization"):
            self._file("plain.html")
        else:
            self._answer(401, {"WWW-Authenticate": 'Basic realm="the case"'}, b"who are you?")

    def _echo(self, sent: str) -> None:
        text = unquote_plus(sent).replace("&", "&amp;").replace("<", "&lt;")
        page = f"<!doctype html><title>echo</title><script src=/log.js></script><p>You sent {text}</p>"
        self._answer(200, {"Content-Type": KINDS[".html"]}, page.encode())

    def _file(self, name: str) -> None:
        path = (PAGES / name).resolve()
        if not path.is_relative_to(PAGES) or not path.is_file():
            self._answer(404, {"Content-Type": KINDS[".html"]}, b"<!doctype html><title>404</title><p>not here")
            return
        body = path.read_bytes()
        if path.suffix == ".html":
            filled = {
                b"{other}": self._other(),
                b"{down}": self.server.site.down,
                b"{distrusted}": self.server.site.distrusted,
            }
            filled[b"{now}"] = str(time.time())
            for mark, text in filled.items():
                body = body.replace(mark, text.encode())
        headers = {"Content-Type": KINDS.get(path.suffix, "application/octet-stream")}
        csp = PAGES / f"{name}.headers.json"
        self._answer(200, headers | (json.loads(csp.read_text()) if csp.is_file() else {}), body)

    def _other(self) -> str:
        host = self.headers.get("Host", "")
        return self.server.site.other if host.startswith("127.") else self.server.site.url().rstrip("/")

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
