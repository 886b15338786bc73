"""A sealed process for each request. In: a TraceRequest. Out: the bytes that the entry point gave, unread.

The server's side (`pool`, `client`) imports no torch; the other side (`zygote`, `child`, `facade`) does.
"""

from backlight.sandbox.once import run_once
from backlight.sandbox.pool import Pool

__all__ = ["Pool", "run_once"]
