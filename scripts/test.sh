#!/bin/sh
# Run every test: the page in a real browser, the front end in node, and Python; all of them, also where one fails.
# Two at a time: the browser, which has precedence, the front end and the hostile programs; beside them the oracles, which
# only compute, and all other Python. The end of what each that failed had printed is shown once more, last.
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

beside() {
  part oracles nice python -m pytest tests/test_oracle_*.py
  part python python -m pytest --ignore-glob='*/test_oracle_*.py' --ignore=tests/test_hostile.py
}

beside >/dev/null &
others=$!
part browser npm --prefix frontend run e2e
part front-end npm --prefix frontend run test
part hostile python -m pytest tests/test_hostile.py
wait "$others"
for name in oracles python; do
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
