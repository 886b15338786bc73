#!/bin/sh
# Everything static: format, lint, types, import rules, and generated files that must be up to date.
# The front end is checked beside Python, and shown after it.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev npm
PATH="$PWD/.venv/bin:$PATH"
export PATH
shown=.setup/check-front-end.log
npm --prefix frontend run check >"$shown" 2>&1 &
front_end=$!
trap 'kill "$front_end" 2>/dev/null || true' EXIT
ruff format --check .
ruff check .
pyright
lint-imports
python scripts/generated.py --check
wait "$front_end" || {
  cat "$shown"
  exit 1
}
trap - EXIT
cat "$shown"
