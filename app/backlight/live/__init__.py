"""Live: the user's own code, in the user's own process, becomes a Document as it runs.

In: a `with` block. Out: a `Recording`, which holds the Document once the block has ended. It joins parse, record and
graph, as `pipeline` does for programs in the sandbox; there is no sandbox here, and nothing is instrumented.
"""

from __future__ import annotations

from backlight.live.recording import Recording

__all__ = ["Recording"]
