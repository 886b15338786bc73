"""System calls from inside a sealed child, made as an attacker would: with real targets, in earnest."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from backlight.errors import BacklightError, LimitExceeded, WorkerDied
from backlight.model.request import TraceRequest
from backlight.sandbox import kernel
from backlight.sandbox.frames import HEADER, Kind
from backlight.sandbox.once import Runner
from backlight.sandbox.syscalls import ALLOWED, KILLED, number_of
from inside import RAW, result, zygotes
from processes import eventually, is_running

MACHINE = kernel.machine()
if MACHINE is None or not kernel.can_filter():
    pytest.skip("this machine cannot filter system calls", allow_module_level=True)

BUFFER = "room = ctypes.create_string_buffer(4096)\nat = ctypes.addressof(room)\n"
PATHS = (
    "def path(text):\n"
    "    kept.append(ctypes.create_string_buffer(text.encode()))\n"
    "    return ctypes.addressof(kept[-1])\n"
    "kept = []\n"
)
REFUSED = {
    "open the zygote's memory": ("openat", "-100, path('/proc/ZYGOTE/mem'), 2"),
    "open the server's memory": ("openat", "-100, path('/proc/SERVER/mem'), 2"),
    "open its own memory": ("openat", "-100, path('/proc/self/mem'), 2"),
    "open its own descriptors": ("openat", "-100, path('/proc/self/fd/0'), 0"),
    "open by rules": ("openat2", "-100, path('/etc/passwd'), at, 24"),
    "list a directory": ("getdents64", "0, at, 4096"),
    "get hold of the zygote": ("pidfd_open", "ZYGOTE, 0"),
    "get hold of the server": ("pidfd_open", "SERVER, 0"),
    "signal through a hold": ("pidfd_send_signal", "0, 9, 0, 0"),
    "kill the zygote": ("kill", "ZYGOTE, 9"),
    "kill the server": ("kill", "SERVER, 9"),
    "kill its group": ("kill", "0, 9"),
    "kill a thread of the server": ("tgkill", "SERVER, SERVER, 9"),
    "queue a signal for the server": ("rt_sigqueueinfo", "SERVER, 10, at"),
    "fork": ("clone", "17, 0, 0, 0, 0"),
    "fork with a structure": ("clone3", "at, 88"),
    "fork as of old": ("fork", ""),
    "fork for a program": ("vfork", ""),
    "run a program": ("execve", "path('/bin/true'), 0, 0"),
    "run a file in memory": ("execveat", "0, path(''), 0, 0, 0x1000"),
    "make a file in memory": ("memfd_create", "path('x'), 0"),
    "make a secret in memory": ("memfd_secret", "0"),
    "leave its session": ("setsid", ""),
    "outlive its parent": ("prctl", "1, 0, 0, 0, 0"),
    "be looked into": ("prctl", "4, 1, 0, 0, 0"),
    "regain capabilities": ("prctl", "47, 2, 0, 0, 0"),
    "loosen the filter": ("prctl", "22, 0, 0, 0, 0"),
    "allow everyone to trace": ("prctl", "0x59616d61, -1, 0, 0, 0"),
    "put on another filter": ("seccomp", "1, 0, at"),
    "raise its processor time": ("prlimit64", "0, 0, at, 0"),
    "raise the zygote's limits": ("prlimit64", "ZYGOTE, 7, at, 0"),
    "raise its memory": ("setrlimit", "9, at"),
    "stop the timer of its soft limit": ("setitimer", "2, at, 0"),
    "storm itself with timers": ("setitimer", "0, at, 0"),
    "make a timer": ("timer_create", "1, 0, at"),
    "make a timer with a descriptor": ("timerfd_create", "1, 0"),
    "set an alarm": ("alarm", "1"),
    "ignore the signal of its soft limit": ("rt_sigaction", "27, at, 0, 8"),
    "handle the filter's signal": ("rt_sigaction", "31, at, 0, 8"),
    "share memory": ("shmget", "0, 4096, 0o1600"),
    "attach to memory": ("shmat", "0, 0, 0"),
    "make a semaphore": ("semget", "0, 1, 0o1600"),
    "make a queue": ("msgget", "0, 0o1600"),
    "make a queue with a name": ("mq_open", "path('x'), 0o102, 0o600, 0"),
    "lock a futex with priority": ("futex", "at, 6, 0, 0, 0, 0"),
    "move those who wait on a futex": ("futex", "at, 3, 1, 1, at, 0"),
    "wake with an operation": ("futex", "at, 5, 1, 1, at, 0"),
    "pass a descriptor": ("sendmsg", "3, at, 0"),
    "take a descriptor": ("recvmsg", "3, at, 0"),
    "make a socket": ("socket", "1, 1, 0"),
    "connect": ("connect", "3, at, 16"),
    "change the server's socket": ("setsockopt", "3, 1, 8, at, 4"),
    "close the server's way to write": ("shutdown", "3, 2"),
    "type into a terminal": ("ioctl", "0, 0x5412, at"),
    "ask for signals of a descriptor": ("fcntl", "3, 8, SERVER"),
    "copy a descriptor": ("fcntl", "3, 0, 0"),
    "wait for the server's children": ("wait4", "-1, at, 0, 0"),
    "run before others": ("sched_setscheduler", "0, 1, at"),
    "run on another's processor": ("sched_setaffinity", "ZYGOTE, 8, at"),
    "be more important": ("setpriority", "0, 0, -20"),
    "lock memory": ("mlock", "at, 4096"),
    "execute data": ("mprotect", "at & ~4095, 4096, 7"),
    "execute by a key": ("pkey_mprotect", "at & ~4095, 4096, 7, -1"),
    "map over an old page": ("remap_file_pages", "at & ~4095, 4096, 0, 0, 0"),
    "move the zygote's pages": ("move_pages", "ZYGOTE, 1, at, 0, at, 0"),
    "poison memory": ("madvise", "at & ~4095, 4096, 100"),
    "change how it is executed": ("personality", "0x0040000"),
    "read the kernel's log": ("syslog", "3, at, 4096"),
    "become root": ("setresuid", "0, 0, 0"),
    "see the machine": ("uname", "at"),
    "set the clock": ("clock_settime", "0, at"),
}
"""What is tried: the call, and its arguments."""
FATAL = {
    "read the zygote's memory": ("process_vm_readv", "ZYGOTE, at, 1, at, 1, 0"),
    "write the server's memory": ("process_vm_writev", "SERVER, at, 1, at, 1, 0"),
    "trace the zygote": ("ptrace", "16, ZYGOTE, 0, 0"),
    "take the server's descriptor": ("pidfd_getfd", "0, 0, 0"),
    "advise on the zygote's memory": ("process_madvise", "0, at, 1, 21, 0"),
    "handle its own page faults": ("userfaultfd", "1"),
    "call in bulk": ("io_uring_setup", "1, at"),
    "enter a namespace of its own": ("unshare", "0x10000000"),
    "mount": ("mount", "path('none'), path('/'), path('tmpfs'), 0, 0"),
    "load a program into the kernel": ("bpf", "0, at, 72"),
    "read keys": ("keyctl", "0, -2, 1"),
    "open by a handle": ("open_by_handle_at", "-100, at, 0"),
}


PAST_EVERY_FILTER = {335, 336}
"""Return from and entry to a probe of the kernel's own: it ends whoever makes these calls anywhere else (SIGILL)."""


def program(attack: tuple[str, str]) -> str | None:
    """The attack as a program, where this architecture has the call."""
    (zygote, *_) = zygotes()
    assert MACHINE is not None
    number = number_of(attack[0], MACHINE)
    if number is None:
        return None
    arguments = attack[1].replace("ZYGOTE", str(zygote)).replace("SERVER", str(os.getpid()))
    return f"{RAW}{PATHS}{BUFFER}result = attempt({number}, {arguments})"


@pytest.fixture(autouse=True)
def everyone_lives(sandbox: Runner) -> None:
    """There is a zygote to attack."""
    result(sandbox, "result = 1")


@pytest.mark.parametrize("name", REFUSED)
def test_an_attack_is_refused(sandbox: Runner, name: str) -> None:
    attack = program(REFUSED[name])
    assert attack is None or result(sandbox, attack) == "EPERM"


@pytest.mark.parametrize("name", FATAL)
def test_an_attack_ends_the_process_and_no_other(sandbox: Runner, name: str) -> None:
    before, attack = zygotes(), program(FATAL[name])
    assert attack is not None
    with pytest.raises(WorkerDied) as died:
        result(sandbox, attack)
    assert died.value.__notes__ == ["signal SIGSYS"]
    assert zygotes() == before
    assert all(map(is_running, before))


def test_every_number_that_nobody_named_is_refused(sandbox: Runner) -> None:
    assert MACHINE is not None
    named = {number_of(name, MACHINE) for name in (*ALLOWED, *KILLED)}
    numbers = [number for number in range(1_024) if number not in named | PAST_EVERY_FILTER]
    answers = result(sandbox, f"{RAW}result = [attempt(number) for number in {numbers}]")
    assert set(answers) == {"EPERM"}


def test_no_memory_is_shared_for_writing(sandbox: Runner) -> None:
    """So there is no futex of another process to wake or to wait on, and no page through which to reach one."""
    lines = json.loads(sandbox.run(TraceRequest(source="mapped")))
    assert [line for line in lines if re.search(r" .w.s ", line)] == []


def test_a_program_deaf_to_signals_meets_the_hard_limit(sandbox: Runner) -> None:
    source = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
    with pytest.raises(LimitExceeded) as caught:
        result(sandbox, source)
    assert caught.value.details["limit"] == "cpu_seconds"


@pytest.mark.parametrize(
    "flood",
    [
        HEADER.pack(Kind.READY, 0) * 10_000,
        HEADER.pack(Kind.ANSWER, 2**31) + b"x" * 1_000,
        HEADER.pack(Kind.FAILURE, 2**16) + b"[" * 2**16,
        bytes(range(256)) * 1_000,
    ],
    ids=["small frames", "frame without end", "deep failure", "noise"],
)
def test_a_flood_of_frames_is_a_dead_worker(sandbox: Runner, flood: bytes) -> None:
    source = (
        f"import os\nflood = {flood!r}\nwhile True:\n    for each in range(3, 64):\n"
        "        try:\n            os.write(each, flood)\n        except OSError:\n            pass"
    )
    with pytest.raises(BacklightError):
        sandbox.run(TraceRequest(source="exec " + source))
    assert result(sandbox, "result = 'served'") == "served"


def test_nothing_of_an_attack_stays(sandbox: Runner) -> None:
    where = json.loads(sandbox.run(TraceRequest(source="where")))["process"]
    assert eventually(lambda: not is_running(where))
    assert not list(Path.cwd().glob("backlight-was-here*"))
