#!/bin/sh
# Build the wheel, with the front end in it, into dist/.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev front-end
exec .venv/bin/python -m build --wheel --outdir dist .
