"""Headers: what every page of Backlight's says to browsers: load nothing from elsewhere, run no script in the page."""

from __future__ import annotations

from collections.abc import Mapping

POLICY: Mapping[str, str] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # the editor makes style elements and attributes as it goes
    "img-src": "'self' data:",  # the editor underlines mistakes with a picture in its styles
    "font-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""What the page may load, by kind."""

UNUSED_FEATURES = ("camera", "geolocation", "microphone", "payment", "usb")

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "; ".join(f"{kind} {source}" for kind, source in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{each}=()" for each in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def framed_headers() -> dict[str, str]:
    """The same for a page that a notebook shows in a frame."""
    policy = {**POLICY, "frame-ancestors": "http: https: vscode-webview:"}
    headers = {name: value for name, value in HEADERS.items() if name != "X-Frame-Options"}
    return {**headers, "Content-Security-Policy": "; ".join(f"{kind} {source}" for kind, source in policy.items())}
