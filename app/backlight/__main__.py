"""``python -m backlight`` is ``backlight``."""

from backlight.cli import main

if __name__ == "__main__":
    main()
