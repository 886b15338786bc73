"""Record: a Program becomes a Trace, by running it for real. The only stage that knows torch.

In: a Program and the namespace that it may see; or, for `LiveRecorder`, the user's own code as it runs. Out: a
Trace, which holds no tensor.
"""

from __future__ import annotations

from contextlib import ExitStack, closing

from backlight.model.program import FILENAME, Namespace, Program
from backlight.model.trace import Trace
from backlight.record.execute import Executor
from backlight.record.finish import finish
from backlight.record.frames import UserCode
from backlight.record.keep import Keep, parse_keep
from backlight.record.live import LiveRecorder, LiveTrace
from backlight.record.places import program_places
from backlight.record.recorder import CHANGED, Recorder, nothing_collected
from backlight.record.residue import Residue, find_residue
from backlight.record.tape import Limits
from backlight.record.twin import trace_to_text
from backlight.settings import Settings

__all__ = [
    "Keep",
    "LiveRecorder",
    "LiveTrace",
    "OpenRecorder",
    "Recorder",
    "Residue",
    "UserCode",
    "find_residue",
    "parse_keep",
    "record_program",
    "trace_to_text",
]


class OpenRecorder:
    """A recorder for one program in ``namespace``, open from now on: what opening takes need not wait for the program.

    Until it is closed, torch is not as it was.
    """

    def __init__(self, settings: Settings, namespace: Namespace) -> None:
        self._exit = ExitStack()
        self._fixed = namespace.fixed
        self._exit.enter_context(namespace.opened(CHANGED))
        limits = Limits(settings.graph_nodes, settings.steps)
        self.recorder = self._exit.enter_context(Recorder(FILENAME.__eq__, settings, limits))

    def stop(self) -> None:
        """See nothing more: the program has run. What is left of it finds no class that can be written to."""
        self.recorder.stop()
        self._exit.enter_context(self._fixed())

    def close(self) -> None:
        """Let torch be as it was; a second time does nothing."""
        self._exit.close()


def record_program(
    program: Program, settings: Settings, namespace: Namespace, seed: int, opened: OpenRecorder | None = None
) -> Trace:
    """Run ``program`` and record what torch did. What the program raises is in the Trace, it is never raised here.

    ``opened`` is a recorder for these settings and this namespace, where one is open already; it is not closed.
    """
    if opened is None:
        with closing(OpenRecorder(settings, namespace)) as own:
            return record_program(program, settings, namespace, seed, own)
    recorder = opened.recorder
    executor = Executor(program, recorder, settings, namespace)
    execution = executor.run(seed)
    opened.stop()
    namespace.over()
    try:
        with nothing_collected():  # what the program left behind may run code of its as it goes
            return finish(recorder.tape, execution, program_places(program), settings)
    finally:
        recorder.tape.release()
        namespace.end()
        del executor
