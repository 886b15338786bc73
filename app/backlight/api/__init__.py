"""The REST face. In: HTTP. Out: Documents, examples, the page, and a problem for every failure.

It reads nothing of a program and nothing of a Document, and imports no torch.
"""

from backlight.api.app import create_app

__all__ = ["create_app"]
