"""Serves the practice airline on 127.0.0.1:  python -m practice.airline --port 8801

What it prints and how it ends is said in `practice.serving`.
"""

from __future__ import annotations

import sys

from practice.airline.app import create_app
from practice.airline.scenarios import SCENARIOS
from practice.serving import Served, serve

SERVED = Served(
    module="practice.airline",
    called="the practice airline",
    scenarios=tuple(SCENARIOS),
    create=lambda token, seed, scenario: create_app(token, seed=seed, scenario=scenario),
)

if __name__ == "__main__":
    sys.exit(serve(SERVED))
