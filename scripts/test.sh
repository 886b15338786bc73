#!/bin/sh
# Run every test: the page in a real browser, the front end in node, and Python; all of them, also where one fails.
# Beside the browser, which has precedence, runs what only computes; beside the rest of Python the hostile programs.
# The end of what each that failed had printed is shown once more, last.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
logs=.setup/tests
rm -rf "$logs"
mkdir -p "$logs"

# part NAME COMMAND...: runs it, keeps what it prints, and takes note if it fails.
part() {
  name=$1
  shift
  { "$@" 2>&1 || echo "$name" >>"$logs/failed"; } | tee "$logs/$name.log"
}

computing() {
  part front-end nice npm --prefix frontend run test
  part oracles nice python -m pytest tests/test_oracle_*.py
}

hostile='tests/test_hostile.py'
computing >/dev/null &
beside=$!
part browser npm --prefix frontend run e2e
wait "$beside"
part hostile python -m pytest "$hostile" >/dev/null &
beside=$!
part python python -m pytest --ignore-glob='*/test_oracle_*.py' --ignore="$hostile"
wait "$beside"
for name in front-end oracles hostile; do
  echo "== $name"
  tail -n 15 "$logs/$name.log"
done
if [ -e "$logs/failed" ]; then
  while read -r name; do
    echo "== failed: $name"
    tail -n 60 "$logs/$name.log"
  done <"$logs/failed"
  exit 1
fi
