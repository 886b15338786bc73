#!/bin/sh
# Write the code as the formatters want it, and make the generated files anew.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev npm
PATH="$PWD/.venv/bin:$PATH"
export PATH
ruff check --fix-only --quiet .
ruff format .
npm --prefix frontend run format
python scripts/generated.py
