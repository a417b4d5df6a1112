"""Serves the practice helpdesk on 127.0.0.1:  python -m practice.desk --port 8802

What it prints and how it ends is said in `practice.serving`.
"""

from __future__ import annotations

import sys

from practice.desk.app import create_app
from practice.desk.scenarios import SCENARIOS
from practice.serving import Served, serve

SERVED = Served(
    module="practice.desk",
    called="the practice helpdesk",
    scenarios=tuple(SCENARIOS),
    create=lambda token, seed, scenario: create_app(token, seed=seed, scenario=scenario),
)

if __name__ == "__main__":
    sys.exit(serve(SERVED))
