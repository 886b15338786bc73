"""Stopping a server: what runs is answered, what is new is refused, and no process is left."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest

from processes import children_of, eventually, is_running, sandboxed_of
from servers import Server, read_all, request_bytes, server


def start(running: Server, source: str) -> tuple[threading.Thread, list[httpx.Response]]:
    """A request that is on its way, and where its answer will be."""
    answers: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: answers.append(running.trace(source)))
    thread.start()
    return thread, answers


def has_begun(zygote: int) -> bool:
    """Whether one child is at work, beside the one that waits."""
    return len(sandboxed_of(zygote)) == 2


def is_refused(running: Server) -> bool:
    try:
        running.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def test_a_running_request_is_answered_a_new_one_refused_and_nothing_left() -> None:
    with server(idle_workers=1) as running:
        zygote = running.zygote()
        assert eventually(lambda: len(sandboxed_of(zygote)) == 1)
        thread, answers = start(running, "sleep 5")
        assert eventually(lambda: len(sandboxed_of(zygote)) == 2)
        processes = {zygote, *children_of(zygote)}
        running.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: is_refused(running), 10)
        assert not answers
        thread.join()
        assert answers[0].status_code == 200
        assert running.process.wait(60) == -signal.SIGTERM
        assert eventually(lambda: not any(map(is_running, processes)), 10)
    assert [entry["event"] for entry in map(json.loads, running.lines)][-1] == "stopped"


def test_a_program_that_outlasts_the_grace_is_ended_with_the_server() -> None:
    with server(idle_workers=1, grace_seconds=1, wall_seconds=60) as running:
        zygote = running.zygote()
        with running.connect() as connection:
            connection.sendall(request_bytes("sleep 60"))
            assert eventually(lambda: len(sandboxed_of(zygote)) == 2)
            processes = {zygote, *children_of(zygote)}
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(30) == -signal.SIGTERM
            assert b" 200 " not in read_all(connection)
        assert eventually(lambda: not any(map(is_running, processes)), 10)


def test_a_killed_server_leaves_nothing_behind() -> None:
    with server(idle_workers=2) as running:
        zygote = running.zygote()
        assert eventually(lambda: len(sandboxed_of(zygote)) == 2)
        processes = {zygote, *children_of(zygote)}
        running.process.kill()
        assert running.process.wait(10) == -signal.SIGKILL
        assert eventually(lambda: not any(map(is_running, processes)), 10)


def environment_of(process: int) -> dict[str, str]:
    text = Path(f"/proc/{process}/environ").read_text()
    return dict(each.split("=", 1) for each in text.split("\0") if each)


@pytest.mark.skipif(os.getuid() != 0, reason="the zygote is not dumpable: only root may read its environment")
def test_the_zygotes_environment_holds_no_secret_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets: dict[str, Any] = {"database_url": "postgresql://user:hunter2@db/x"}
    with server(idle_workers=1, **secrets) as running:
        assert "hunter2" in str(environment_of(running.process.pid))
        environment = environment_of(running.zygote())
    assert "hunter2" not in str(environment)
    assert {name for name in environment if name.startswith("BACKLIGHT")} == set()
