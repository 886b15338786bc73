#!/bin/sh
# Run every test: Python, the front end in node, and the page in a real browser; all three, also where one fails.
# The oracles, which compute for minutes, run beside the others; what they say comes when they are through.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
failed=0
python -m pytest tests/test_oracle_*.py >.setup/oracles.log 2>&1 &
oracles=$!
python -m pytest --ignore-glob='*/test_oracle_*.py' || failed=1
npm --prefix frontend run test || failed=1
wait "$oracles" || failed=1
cat .setup/oracles.log
npm --prefix frontend run e2e || failed=1
exit $failed
