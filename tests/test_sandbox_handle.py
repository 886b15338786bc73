"""A hold on a process ends that process, and never another that came to have its number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from unittest import mock

import pytest

from backlight.sandbox.handle import Handle

needs_descriptors = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="there are no process descriptors here")


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_it_ends_a_process_and_lets_go_of_it() -> None:
    with sleeper() as process, mock.patch.object(os, "close", wraps=os.close) as close:
        handle = Handle.of_child(process.pid)
        own = handle._descriptor
        handle.kill()
        assert process.wait() == -signal.SIGKILL
        handle.close()
        handle.close()
    assert [call.args for call in close.call_args_list].count((own,)) == 1


@needs_descriptors
def test_another_with_the_same_number_is_spared() -> None:
    with sleeper() as dead, sleeper() as other:
        descriptor = os.pidfd_open(dead.pid)
        dead.kill()
        dead.wait()
        handle = Handle(other.pid, descriptor)
        handle.kill()
        assert other.poll() is None
        handle.close()
        other.kill()


def test_without_a_descriptor_it_ends_by_number_only_what_has_not_ended() -> None:
    with sleeper() as process:
        handle = Handle(process.pid, None)
        handle.kill(has_ended=True)
        assert process.poll() is None
        handle.kill()
        assert process.wait() == -signal.SIGKILL
