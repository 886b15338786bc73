"""``backlight serve``: the playground, on an address of this machine."""

from __future__ import annotations

import errno
import math
import os
import socket
import sys
from dataclasses import replace
from typing import Annotated

import typer

from backlight.errors import RequestError
from backlight.sandbox.probe import probe_machine
from backlight.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535, show_default="8000")
    ] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Listen beyond this machine even where programs cannot be sealed off.")
    ] = False,
) -> None:
    """Serve the playground, until Ctrl-C."""
    settings = settings_for(host, port, unsafe)
    check_seal(settings)
    listener = listen(settings.host, settings.port)
    try:
        run_server(settings, listener)
    except RequestError as error:
        raise typer.BadParameter(error.message) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def settings_for(host: str | None, port: int | None, unsafe: bool) -> Settings:
    """The settings of the environment, and of the options where they are given."""
    try:
        settings = Settings.from_environment(os.environ)
    except RequestError as error:
        raise typer.BadParameter(error.message) from error
    return replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        unsafe=settings.unsafe or unsafe,
    )


def check_seal(settings: Settings) -> None:
    """Say what the seal lets through on this machine; end the command where others could make use of it."""
    report = probe_machine()
    if report.is_tight:
        return
    if settings.must_be_sealed:
        raise typer.BadParameter(
            f"{settings.host} can be reached from other machines. {report} "
            "Stay on 127.0.0.1, or add --unsafe if everyone who can reach that address may do so.",
            param_hint="--host",
        )
    typer.secho(f"backlight: warning: {report} Run only programs that you trust.", err=True)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; ends the command where there can be none."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        typer.secho(f"backlight: {_explain(error, host, port)}", err=True)
        raise typer.Exit(1) from error
    # Connections inherit it. Without it the second answer on a connection waits 40 ms for the client's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _explain(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use. Stop what runs there, or choose another with --port."
    if error.errno == errno.EACCES:
        return f"port {port} needs more rights than this user has. Choose one from 1024 up with --port."
    return f"cannot listen on {host}, port {port}: {error.strerror}."


def run_server(settings: Settings, listener: socket.socket) -> None:
    """Serve on ``listener`` until the process is told to stop; then finish what runs, and take nothing new."""
    import uvicorn

    from backlight.api import create_app
    from backlight.api.connection import connection_classes
    from backlight.api.log import configure_logs
    from backlight.api.trace import TRACE_PATH

    host, port = listener.getsockname()[:2]
    shown = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    app = create_app(replace(settings, port=port))
    connection, websocket = connection_classes(settings.request_seconds, app.state.anticipation, TRACE_PATH)
    config = uvicorn.Config(
        app,
        http=connection,
        ws=websocket,
        ws_max_size=settings.body_bytes,
        ws_ping_interval=None,  # who says nothing is not waited for
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=math.ceil(settings.grace_seconds),
    )
    configure_logs(sys.stderr)
    typer.echo(f"Backlight is on {shown} (Ctrl-C stops it)")
    uvicorn.Server(config).run(sockets=[listener])
