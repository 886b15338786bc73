#!/bin/sh
# Run every test: Python, the front end in node, and the page in a real browser.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
python -m pytest
cd frontend
npm run test
npm run e2e
