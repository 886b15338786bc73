"""Make the generated files anew, or with ``--check`` fail if one of them is not what would be made.

In: the settings, the server's OpenAPI document and the names of the language. Out: ``docs/settings.md``, and of the
front end ``api/types.gen.ts`` and ``interaction/completion/names.gen.json``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from completion_names import completion_json
from language_doc import language_page
from settings_doc import settings_page

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
TYPES = FRONTEND / "src/api/types.gen.ts"
NAMES = FRONTEND / "src/interaction/completion/names.gen.json"


def types_text() -> str:
    """The TypeScript types of the REST interface, formatted as the front end's other files are."""
    schema = subprocess.run([sys.executable, "-m", "backlight.api.openapi"], stdout=subprocess.PIPE, check=True).stdout
    with TemporaryDirectory(dir=FRONTEND / "node_modules") as folder:
        made = Path(folder) / "types.ts"
        make = ["npx", "--no-install", "openapi-typescript", "--output", str(made)]
        subprocess.run(make, cwd=FRONTEND, input=schema, stdout=subprocess.DEVNULL, check=True)
        write = ["npx", "--no-install", "prettier", "--stdin-filepath", str(TYPES)]
        return subprocess.run(
            write, cwd=FRONTEND, input=made.read_text(), stdout=subprocess.PIPE, text=True, check=True
        ).stdout


def main() -> int:
    """Write the files, or compare them; the status is 1 if ``--check`` found one out of date."""
    stale = False
    pages = {ROOT / "docs/settings.md": settings_page(), ROOT / "docs/language.md": language_page()}
    made = {**pages, TYPES: types_text(), NAMES: completion_json()}
    for path, text in made.items():
        name = path.relative_to(ROOT)
        if path.exists() and path.read_text() == text:
            print(f"{name}: up to date")
        elif "--check" in sys.argv[1:]:
            print(f"{name} is out of date; `make format` makes it anew", file=sys.stderr)
            stale = True
        else:
            path.write_text(text)
            print(f"{name}: written")
    return int(stale)


if __name__ == "__main__":
    sys.exit(main())
