#!/bin/sh
# Set up what serving needs, then serve the playground on $HOST:$PORT.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py serve front-end
exec .venv/bin/backlight serve --host "${HOST:-127.0.0.1}" --port "${PORT:-8000}"
