"""Record: a Program becomes a Trace, by running it for real. The only stage that knows torch.

In: a Program and the namespace that it may see; or, for `LiveRecorder`, the user's own code as it runs. Out: a
Trace, which holds no tensor.
"""

from __future__ import annotations

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
    "Recorder",
    "Residue",
    "UserCode",
    "find_residue",
    "parse_keep",
    "record_program",
    "trace_to_text",
]


def record_program(program: Program, settings: Settings, namespace: Namespace, seed: int) -> Trace:
    """Run ``program`` and record what torch did. What the program raises is in the Trace, it is never raised here."""
    limits = Limits(settings.graph_nodes, settings.steps)
    with namespace.opened(CHANGED), Recorder(FILENAME.__eq__, settings, limits) as recorder:
        executor = Executor(program, recorder, settings, namespace)
        execution = executor.run(seed)
    namespace.over()
    try:
        with nothing_collected():  # what the program left behind may run code of its as it goes
            return finish(recorder.tape, execution, program_places(program), settings)
    finally:
        recorder.tape.release()
        namespace.end()
        del executor
