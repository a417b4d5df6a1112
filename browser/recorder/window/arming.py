"""What a window's pages are told to run: our listeners, in every document and before any script of the page.

The script is browser/injected/*.js and browser/injected/window/*.js in the isolated world that also observes, so ids
are the same. Its binding exists in that world only: a page cannot see it, call it or break it.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from browser.observe import CAP
from browser.recorder.options import RecordingOptions
from browser.recorder.window.lines import Order
from browser.worlds import WORLD, injected

FOLDER = Path(__file__).parents[2] / "injected" / "window"

_ARMED = """(() => {
  'use strict';
  if (globalThis.__stepscope) return;
  const WINDOW = %s;
  const inside = (() => { try { return parent !== window && Boolean(parent.document); } catch { return false; } })();
  if (inside) { parent.dispatchEvent(new Event(WINDOW.call)); return; }
  %s
  {
    %s
  }
})()"""


class Arming:
    """The script of one recording, and the orders that arm a page or frame with it."""

    def __init__(self, options: RecordingOptions) -> None:
        self.binding = f"stepscope_{secrets.token_hex(6)}"
        told = {
            "binding": self.binding,
            "call": f"stepscope-{secrets.token_hex(12)}",
            "secrets": list(options.secrets),
            "ignore": list(options.ignore),
            "cap": CAP,
            "known": options.known_secrets,
        }
        files = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.js")))
        self.source = _ARMED % (json.dumps(told), injected(), "\n".join(files))

    def orders(self) -> tuple[Order, ...]:
        """What a new target is told, in this order."""
        return (
            ("Page.enable", {}),
            ("Runtime.enable", {}),
            ("Runtime.addBinding", {"name": self.binding, "executionContextName": WORLD}),
            (
                "Page.addScriptToEvaluateOnNewDocument",
                {"source": self.source, "worldName": WORLD, "runImmediately": True},
            ),
        )
