# make setup | run | test | check | soak | bench | examples.  `make` alone lists them.

PORT ?= 8501
ARGS ?=
WORKERS ?= 2
BROWSER_WORKERS ?= 3

PY := .venv/bin/python
PACKAGES := store traces policies labeling agent browser llm_client analysis server practice flows ui commands
CHECKS := tests/test_architecture.py tests/test_docs.py
TYPED := $(sort $(dir $(wildcard $(addsuffix /*.py,$(PACKAGES))))) $(wildcard wiring.py cli.py) tools
NEEDS_BROWSER := browser or app or e2e
PYTEST := $(PY) -m pytest

.NOTPARALLEL: # two make targets may both want to install
.PHONY: help setup setup-dev run check format test test-unit test-browser soak bench examples

help:
	@grep -hE '^[a-z][a-z-]*:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: ## .venv with the pinned requirements, and a Chromium; quick when nothing changed
	@PYTHON="$(PYTHON)" tools/setup.sh app

setup-dev: setup ## the same with what tests and checks need
	@tools/setup.sh dev

run: setup ## the app on http://127.0.0.1:8501 (PORT=8502 for another port)
	@exec $(PY) tools/serve.py "$(PORT)" $(ARGS)

check: setup-dev ## format, lint, types, sizes, import table, docs
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy $(TYPED)
	$(PY) -m tools.check_sizes
	$(PYTEST) -q $(CHECKS)

format: setup-dev ## let ruff format and mend what it can
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

test: check test-unit test-browser ## check, then every test, repetitions cut to a tenth

test-unit: setup-dev ## tests without a browser that `check` does not run, WORKERS at a time
	$(PYTEST) -m "not ($(NEEDS_BROWSER))" -n $(WORKERS) $(CHECKS:%=--ignore=%)

test-browser: setup-dev ## tests with Chromium or the app, BROWSER_WORKERS at a time; one that fails is tried once more
	$(PYTEST) -m "$(NEEDS_BROWSER)" -n $(BROWSER_WORKERS) --dist loadgroup --reruns 1 --rerun-show-tracebacks -raR

soak: export STEPSCOPE_SOAK = 1
soak: check ## every test with its full number of repetitions
	$(PYTEST) -m "not ($(NEEDS_BROWSER))" -n $(WORKERS) --timeout 3600
	$(PYTEST) -m "$(NEEDS_BROWSER)" -n 0 --timeout 3600

bench: setup-dev ## every benchmark, each printing its figures as JSON
	@status=0; for file in $$(grep -l "^if __name__" bench/*.py); do echo "== $$file" >&2; $(PY) $$file --json || status=1; done; exit $$status

examples: setup ## make examples/episodes again from real recordings and runs
	$(PY) -m tools.make_examples
