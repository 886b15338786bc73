#!/bin/sh
# Run every test: the page in a real browser, the front end in node, and Python; all of them, also where one fails.
# With the name of a part, that part alone. Three run at a time, the longest first; each tells the end of what it
# printed once it is done, and those that failed tell more of it, last. The oracles only compute, and nothing in them is
# about time: they get what the others leave, which wait for their limits and pages a quarter of the time.
set -eu
cd "$(dirname "$0")/.."
logs=.setup/tests

run() {
  case $1 in
    python) python -m pytest --ignore-glob='*/test_oracle_*.py' --ignore=tests/test_hostile.py ;;
    browser) npm --prefix frontend run e2e ;;
    oracles) nice -n 19 python -m pytest tests/test_oracle_*.py ;;
    hostile) python -m pytest tests/test_hostile.py ;;
    front-end) npm --prefix frontend run test ;;
    *)
      echo "test: no part is called $1" >&2
      return 2
      ;;
  esac
}

if [ "${1:-}" = --quietly ]; then
  echo "== $2: begun; it writes to $logs/$2.log"
  run "$2" >"$logs/$2.log" 2>&1 || echo "$2" >>"$logs/failed"
  printf '== %s\n%s\n' "$2" "$(tail -n 15 "$logs/$2.log")"
  exit
fi

"${PYTHON:-python3}" scripts/setup.py browser dev front-end
PATH="$PWD/.venv/bin:$PATH"
export PATH
if [ $# -gt 0 ]; then
  run "$1"
  exit
fi
rm -rf "$logs"
mkdir -p "$logs"
printf '%s\n' python browser oracles hostile front-end | xargs -n 1 -P 3 sh "$0" --quietly
if [ -e "$logs/failed" ]; then
  while read -r name; do
    echo "== failed: $name"
    tail -n 60 "$logs/$name.log"
  done <"$logs/failed"
  exit 1
fi
