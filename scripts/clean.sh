#!/bin/sh
# Remove everything that the other commands made; what git tracks stays.
set -eu
cd "$(dirname "$0")/.."
rm -rf .venv .setup dist build .pytest_cache .ruff_cache .hypothesis .import_linter_cache
rm -rf frontend/node_modules frontend/test-results frontend/playwright-report app/backlight/api/static
find app bench scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
