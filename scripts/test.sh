#!/bin/sh
# Run every test: Python, the front end in node, and the page in a real browser; all three, also where one fails.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
failed=0
python -m pytest || failed=1
npm --prefix frontend run test || failed=1
npm --prefix frontend run e2e || failed=1
exit $failed
