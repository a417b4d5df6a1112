#!/bin/sh
# Makes .venv with the first Python >= 3.11 on PATH (PYTHON=/path/to/python chooses one), then hands over to setup.py,
# which installs what is pinned and finds Chromium.  Usage: tools/setup.sh [app|dev]
set -eu
cd "$(dirname "$0")/.."

new_enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

usable() { "$1" -c "$new_enough" >/dev/null 2>&1; }

find_python() {
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3 python}; do
        if usable "$name"; then command -v "$name"; return; fi
    done
    {
        echo "setup: no Python 3.11 or newer with the venv module was found (looked for: ${PYTHON:-python3.11 ... python3})."
        echo "  Found: $(python3 --version 2>&1 || true). Nothing was changed."
        echo "  Install one, for example 'apt install python3.11 python3.11-venv' or from python.org,"
        echo "  or name it: make setup PYTHON=/path/to/python3"
    } >&2
    return 1
}

if [ ! -x .venv/bin/python ] || { [ ! -f .venv/.stepscope-app ] && ! usable .venv/bin/python; }; then
    python=$(find_python)
    echo "setup: making .venv with $python"
    "$python" -m venv --clear .venv
fi
exec .venv/bin/python -I -S tools/setup.py "${1:-app}"
