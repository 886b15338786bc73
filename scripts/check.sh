#!/bin/sh
# Everything static: format, lint, types, import rules, and generated files that must be up to date.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev npm
PATH="$PWD/.venv/bin:$PATH"
export PATH
ruff format --check .
ruff check .
pyright
lint-imports
npm --prefix frontend run check
python scripts/generated.py --check
