#!/bin/sh
# Run the benchmarks (all, or those named) beside their peers; results go to bench/results/ and to the screen.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev
exec .venv/bin/python -m bench "$@"
