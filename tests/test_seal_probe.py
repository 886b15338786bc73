"""The probe finds what a weaker seal lets through, and the server acts on it."""

from __future__ import annotations

import logging
from importlib import import_module

import pytest
from typer.testing import CliRunner

from backlight.commands import app
from backlight.errors import WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox import kernel, pool, probe
from backlight.sandbox.once import Runner
from backlight.sandbox.probe import ATTEMPTS, SealReport, find_openings, probe_machine
from backlight.sandbox.seal import prepare_seal
from backlight.settings import Settings, is_loopback

serving = import_module("backlight.commands.serve")  # the package has the command under that name
OPEN = SealReport(("read a file", "open a socket"))
needs_filter = pytest.mark.skipif(
    kernel.machine() is None or not kernel.can_filter(), reason="this kernel cannot filter system calls"
)


def serve(monkeypatch: pytest.MonkeyPatch, report: SealReport, *options: str) -> tuple[int, str, bool]:
    """Exit status, standard error, and whether the server was started, where the probe finds that."""
    started: list[Settings] = []
    monkeypatch.setattr(serving, "probe_machine", lambda: report)
    monkeypatch.setattr(serving, "run_server", lambda settings, listener: (started.append(settings), listener.close()))
    done = CliRunner(env={"TERM": "dumb", "COLUMNS": "400"}).invoke(app, ["serve", "--port", "0", *options])
    return done.exit_code, done.stderr, bool(started)


@needs_filter
def test_this_kernel_seals_tightly() -> None:
    assert probe_machine() == SealReport(())


@needs_filter
def test_without_the_filter_the_probe_names_what_is_open() -> None:
    code = (
        "import json, sys\nfrom dataclasses import replace\n"
        "from backlight.sandbox.probe import find_openings\nfrom backlight.sandbox.seal import prepare_seal\n"
        "from backlight.settings import Settings\n"
        "seal = replace(prepare_seal(), call_filter=None, landlock_rules=None)\n"
        "sys.stdout.write(json.dumps(find_openings(seal, Settings())))"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probe, "_PROBE_CODE", code)
        report = probe_machine()
    assert {"make a directory", "look at a file", "map executable memory", "signal itself"} <= set(report.openings)
    assert "read a file" not in report.openings, "there is no descriptor for it"
    assert str(report).startswith("Programs are not sealed off from this machine; a program can make a directory, ")


def test_where_the_kernel_is_not_known_everything_counts_as_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "machine", lambda: None)
    assert find_openings(prepare_seal(), Settings()) == list(range(len(ATTEMPTS)))


def test_a_probe_that_does_not_work_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "_PROBE_CODE", "raise SystemExit(1)")
    with pytest.raises(WorkerDied, match="could not be found out"):
        probe_machine()


def test_a_tight_seal_is_served_on_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert serve(monkeypatch, SealReport(()), "--host", "0.0.0.0") == (0, "", True)


def test_an_open_seal_is_served_on_loopback_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told, is_started = serve(monkeypatch, OPEN)
    assert (status, is_started) == (0, True)
    assert told.startswith("backlight: warning: Programs are not sealed off")
    assert "a program can read a file, open a socket." in told


def test_an_open_seal_is_refused_on_other_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told, is_started = serve(monkeypatch, OPEN, "--host", "0.0.0.0")
    assert (status, is_started) == (2, False)
    assert "read a file, open a socket" in told
    assert "--unsafe" in told


def test_unsafe_serves_all_the_same_and_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    status, told, is_started = serve(monkeypatch, OPEN, "--host", "0.0.0.0", "--unsafe")
    assert (status, is_started) == (0, True)
    assert "warning" in told


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_loopback_addresses_are_known(host: str) -> None:
    assert is_loopback(host)
    assert not Settings(host=host).must_be_sealed


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "localhost.example.org", ""])
def test_every_other_address_can_be_reached(host: str) -> None:
    assert not is_loopback(host)
    assert Settings(host=host).must_be_sealed
    assert not Settings(host=host, unsafe=True).must_be_sealed


@needs_filter
def test_a_pool_knows_its_seal_and_refuses_to_run_strangers_programs_without_one(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(host="0.0.0.0", idle_workers=1)
    runner = Runner(settings, "entries:obey")
    try:
        runner.run(TraceRequest(source="sleep 0"))
        assert runner._pool.seal == SealReport(())
    finally:
        runner.close()
    monkeypatch.setattr(pool.SealReport, "of", lambda _numbers: OPEN)
    runner = Runner(settings, "entries:obey")
    try:
        with caplog.at_level(logging.ERROR), pytest.raises(WorkerDied, match="cannot be sealed off"):
            runner.run(TraceRequest(source="sleep 0"))
        assert "read a file" in caplog.text
    finally:
        runner.close()
