#!/bin/sh
# Run every test: the page in a real browser, the front end in node, and Python; all of them, also where one fails.
# The oracles, which compute for minutes, run beside the rest of Python. What failed is said once more at the end.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
failed=''
npm --prefix frontend run e2e || failed="$failed browser"
npm --prefix frontend run test || failed="$failed front-end"
python -m pytest tests/test_oracle_*.py >.setup/oracles.log 2>&1 &
oracles=$!
python -m pytest --ignore-glob='*/test_oracle_*.py' || failed="$failed python"
wait "$oracles" || failed="$failed oracles"
cat .setup/oracles.log
if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
