"""A small page to be recorded: a form at known places in the 1280 by 720 viewport, served from a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

VIEWPORT = (1280, 720)
NAME, CITY, MEAL, SEND = (240, 115), (240, 195), (240, 275), (100, 355)
"""Where a person finds the fields and the button, in CSS pixels."""

PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Travel desk</title>
<style>
body{margin:0;font:16px sans-serif;position:relative;background:#fff} h1{position:absolute;left:40px;top:16px;margin:0}
label,input,select,button{position:absolute;left:40px}
input,select,button{width:400px;height:34px;box-sizing:border-box}
button{width:120px}
</style>
<h1>Travel desk</h1>
<form onsubmit="event.preventDefault();this.remove();document.querySelector('h1').textContent='Saved for '+who.value">
<label for="who" style="top:76px">Traveller</label><input id="who" style="top:98px">
<label for="city" style="top:156px">Destination</label><input id="city" style="top:178px">
<label for="meal" style="top:236px">Meal</label>
<select id="meal" style="top:258px"><option>No meal<option>Vegetarian<option>Halal</select>
<button style="top:338px">Send</button></form></html>"""


class _Pages(BaseHTTPRequestHandler):
    released: Event

    def do_GET(self) -> None:
        if self.path == "/silent":
            self.released.wait(60)
            return
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(PAGE)))
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def desk() -> Iterator[str]:
    """Serve the page; the address `/silent` takes the question and never answers."""
    released = Event()
    handler = type("Pages", (_Pages,), {"released": released})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)
