"""The seal from inside: code that runs in a sealed child, as freely as Python can, tries to get out."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backlight.errors import BacklightError, WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox import kernel
from backlight.sandbox.once import Runner
from backlight.sandbox.syscalls import ALLOWED, KILLED, NUMBERS, number_of
from backlight.settings import Settings
from conftest import OBEY
from inside import RAW, result, zygotes
from processes import children_of, eventually

MACHINE = kernel.machine()
if MACHINE is None:
    pytest.skip("only Linux on x86-64 and arm64 can seal a process", allow_module_level=True)
if not kernel.can_filter():
    pytest.skip("this kernel cannot filter system calls", allow_module_level=True)

REFUSED = [
    name for name in NUMBERS if name not in ALLOWED and name not in KILLED and number_of(name, MACHINE) is not None
]
FATAL = [name for name in KILLED if number_of(name, MACHINE) is not None]


def caught(sandbox: Runner, statement: str) -> str:
    """The name of what the statement raises; ``done`` where it goes well."""
    program = (
        f"try:\n    {statement}\n    result = 'done'\nexcept Exception as error:\n    result = type(error).__name__"
    )
    return result(sandbox, program)


def apart(deed: str) -> subprocess.CompletedProcess[str]:
    """Something of ``under_seal.py``, in a process without torch."""
    command = [sys.executable, "-m", "under_seal", deed]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=50)


def is_sealed(process: int) -> bool:
    try:
        return fields(process)["Seccomp"] == "2"
    except OSError:
        return False


@pytest.fixture(scope="module")
def own_zygote() -> Iterator[int]:
    """The zygote of a sandbox that is for this module alone; other sandboxes of these tests have zygotes too."""
    before = set(zygotes())
    runner = Runner(Settings(cpu_seconds=1, finishing_seconds=4), OBEY)
    result(runner, "result = 1")
    (own,) = set(zygotes()) - before

    def is_settled() -> bool:
        children = children_of(own)
        time.sleep(1)
        return bool(children) and children == children_of(own)

    assert eventually(is_settled)  # one that only tells which pages a child writes to is there for a moment
    yield own
    runner.close()


@pytest.fixture
def sealed(own_zygote: int) -> int:
    """The process id of a sealed child that waits for a request."""

    def waiting() -> list[int]:
        return [child for child in children_of(own_zygote) if is_sealed(child)]

    assert eventually(lambda: bool(waiting()))
    return waiting()[-1]


def status(process: int) -> str:
    return Path(f"/proc/{process}/status").read_text()


def fields(process: int) -> dict[str, str]:
    return {name: value.strip() for name, _, value in (line.partition(":") for line in status(process).splitlines())}


# ── every forbidden system call, by number ───────────────────────────────────────────────────────


def test_every_call_that_is_not_allowed_is_refused(sandbox: Runner) -> None:
    numbers = {name: number_of(name, MACHINE) for name in REFUSED}
    answers = result(sandbox, f"{RAW}result = {{name: attempt(number) for name, number in {numbers}.items()}}")
    assert answers == dict.fromkeys(REFUSED, "EPERM")


@pytest.mark.parametrize("name", FATAL)
def test_an_attack_ends_the_process(sandbox: Runner, caplog: pytest.LogCaptureFixture, name: str) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(WorkerDied):
        result(sandbox, f"{RAW}result = attempt({number_of(name, MACHINE)})")
    assert "signal SIGSYS" in caplog.text


@pytest.mark.skipif(MACHINE.name != "x86_64", reason="x32 is a second set of calls on x86-64 alone")
def test_the_x32_calls_end_the_process(sandbox: Runner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(WorkerDied):
        result(sandbox, f"{RAW}result = attempt({0x4000_0000 | 39})")
    assert "signal SIGSYS" in caplog.text


# ── the same in Python's words ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('/dev/null')",
        "open('backlight-was-here', 'w')",
        "open('/proc/self/status')",
        "open('/proc/self/mem', 'r+b')",
        "__import__('os').stat('/')",
        "__import__('os').listdir('/')",
        "__import__('os').mkdir('backlight-was-here')",
        "__import__('os').symlink('a', 'b')",
        "__import__('os').chdir('/')",
        "__import__('os').dup(0)",
        "__import__('os').memfd_create('x')",
        "__import__('socket').socket()",
        "__import__('socket').socketpair()",
        "__import__('os').fork()",
        "__import__('os').execv('/bin/sh', ['sh'])",
        "__import__('os').posix_spawn('/bin/sh', ['sh'], {})",
        "__import__('subprocess').run(['true'])",
        "__import__('threading').Thread(target=print).start()",
        "__import__('os').kill(__import__('os').getpid(), 0)",
        "__import__('signal').raise_signal(9)",
        "__import__('signal').signal(10, print)",
        "__import__('os').setpriority(0, 0, 1)",
        "__import__('os').setuid(0)",
        "__import__('mmap').mmap(-1, 4096, prot=5)",
        "__import__('resource').setrlimit(0, (60, 60))",
        "__import__('resource').prlimit(0, 0, (60, 60))",
        "__import__('sqlite3').connect('backlight-was-here')",
        "__import__('ctypes').CDLL('libc.so.6', mode=2).puts",
    ],
)
def test_nothing_outside_the_process_can_be_reached(sandbox: Runner, attempt: str) -> None:
    allowed = {"__import__('ctypes').CDLL('libc.so.6', mode=2).puts"}  # it is loaded already, so nothing is opened
    assert (caught(sandbox, attempt) == "done") == (attempt in allowed)


def test_no_signal_reaches_the_zygote_or_anyone(sandbox: Runner) -> None:
    program = (
        "import os\nresult = []\n"
        "for target in (os.getpid(), -1, 0, 1, ZYGOTE, SERVER):\n"
        "    for number in range(65):\n"
        "        try:\n            os.kill(target, number)\n            result.append((target, number))\n"
        "        except PermissionError:\n            pass"
    )
    (zygote, *_) = zygotes()
    assert result(sandbox, program.replace("ZYGOTE", str(zygote)).replace("SERVER", str(os.getpid()))) == []
    assert zygote in zygotes()


def test_memory_cannot_be_made_executable_and_can_be_everything_else(sandbox: Runner) -> None:
    mapping, protecting = number_of("mmap", MACHINE), number_of("mprotect", MACHINE)
    program = (
        f"{RAW}import mmap\npage = mmap.mmap(-1, mmap.PAGESIZE)\n"
        "address = ctypes.addressof(ctypes.c_char.from_buffer(page))\n"
        f"result = [attempt({protecting}, address, mmap.PAGESIZE, each) for each in (0, 1, 3, 4, 5, 7)]\n"
        f"result += [attempt({mapping}, 0, mmap.PAGESIZE, each, 0x22, -1, 0) for each in (3, 4, 7)]"
    )
    assert result(sandbox, program) == ["done"] * 3 + ["EPERM"] * 3 + ["done"] + ["EPERM"] * 2


def test_nothing_that_is_mapped_is_both_writable_and_executable(sandbox: Runner) -> None:
    lines = json.loads(sandbox.run(TraceRequest(source="mapped")))
    rights = [line.split()[1] for line in lines]
    assert any("x" in each for each in rights)
    assert not any("w" in each and "x" in each for each in rights)


def test_large_memory_comes_and_goes(sandbox: Runner) -> None:
    program = "for _ in range(20):\n    block = bytearray(4 * 2**20)\n    del block\nresult = len(bytearray(2**25))"
    assert result(sandbox, program) == 2**25


def test_what_is_written_to_the_streams_is_lost(sandbox: Runner, capfd: pytest.CaptureFixture[str]) -> None:
    program = "import os\nresult = [os.write(each, b'boo') for each in (0, 1, 2)]\nprint('boo', flush=True)"
    assert result(sandbox, program) == [3, 3, 3]
    assert capfd.readouterr() == ("", "")


def test_the_zygotes_memory_cannot_be_read(sandbox: Runner) -> None:
    (zygote, *_) = zygotes()
    for file in ("mem", "maps", "environ", "fd", "cmdline"):
        assert caught(sandbox, f"open('/proc/{zygote}/{file}', 'rb').read(1)") in {"PermissionError", "OSError"}


# ── as the operating system sees the child ───────────────────────────────────────────────────────


def test_the_child_has_no_rights_that_it_could_use(sealed: int) -> None:
    seen = fields(sealed)
    assert seen["Seccomp"] == "2"
    assert seen["NoNewPrivs"] == "1"
    assert seen["Threads"] == "1"
    assert {seen[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be left")
def test_root_and_its_groups_are_left(sealed: int) -> None:
    seen = fields(sealed)
    assert seen["Uid"].split() == seen["Gid"].split() == ["65534"] * 4
    assert seen["Groups"] == ""


def test_the_limits_are_set_hard(sealed: int) -> None:
    text = Path(f"/proc/{sealed}/limits").read_text()
    limits = {line[:26].strip(): line[26:].split()[:2] for line in text.splitlines()[1:]}
    for name in ("file size", "core file size", "processes", "open files", "locked memory", "msgqueue size"):
        assert limits[f"Max {name}"] == ["0", "0"]
    assert limits["Max cpu time"] == ["4", "5"]
    soft, hard = limits["Max address space"]
    assert soft == hard != "unlimited"


def test_the_kernel_takes_the_child_first_when_memory_runs_out(sealed: int) -> None:
    assert Path(f"/proc/{sealed}/oom_score_adj").read_text() == "1000\n"


def test_zygote_and_child_are_closed_to_looks(sealed: int) -> None:
    (zygote, *_) = zygotes()
    for process in (zygote, sealed):
        assert Path(f"/proc/{process}/environ").stat().st_uid == 0, "an open one's files are its user's"


def test_the_zygote_has_one_thread(sealed: int) -> None:
    assert {fields(zygote)["Threads"] for zygote in zygotes()} == {"1"}


# ── Landlock, the layer under the filter ─────────────────────────────────────────────────────────


@pytest.mark.skipif(kernel.landlock_version() == 0, reason="this kernel has no Landlock, or has it switched off")
def test_landlock_alone_keeps_files_and_sockets_shut() -> None:
    done = apart("landlock")
    assert (done.stdout, done.returncode) == ("restricted", 0)


@pytest.mark.parametrize(("version", "size"), [(1, 8), (3, 8), (4, 16), (5, 16), (6, 24), (7, 24), (99, 24)])
def test_each_version_of_landlock_gets_rules_that_it_understands(version: int, size: int) -> None:
    rules = kernel.landlock_rules(version)
    assert len(rules) == size
    files = int.from_bytes(rules[:8], "little")
    assert files.bit_length() == {1: 13, 3: 15, 4: 15}.get(version, 16)
    assert files + 1 == 2 ** files.bit_length()


# ── what is left behind ──────────────────────────────────────────────────────────────────────────


def test_a_child_outlives_neither_its_request_nor_its_zygote(sandbox: Runner) -> None:
    process = json.loads(sandbox.run(TraceRequest(source="where")))["process"]
    assert eventually(lambda: not Path(f"/proc/{process}").exists())


def test_a_child_whose_parent_is_gone_already_ends_at_once() -> None:
    assert apart("orphan").returncode == 1


def test_the_refusals_leave_the_sandbox_in_order(sandbox: Runner) -> None:
    with pytest.raises(BacklightError):
        sandbox.run(TraceRequest(source="trace"))
    assert result(sandbox, "result = 1 + 1") == 2
    assert signal.getsignal(signal.SIGSYS) == signal.SIG_DFL
