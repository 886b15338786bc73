"""``python -m backlight.api.openapi`` prints the OpenAPI description, for the front end's types. It loads no torch."""

from __future__ import annotations

import json
import sys

from backlight.api.app import create_app
from backlight.settings import Settings


def main() -> None:
    """Print the description of the application as it is by default."""
    json.dump(create_app(Settings()).openapi(), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
