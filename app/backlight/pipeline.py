"""The pipeline, as the diagram in ``docs/architecture.md`` draws it: source in, the bytes of a Document out.

It runs inside the sandboxed child, or in the user's own process; the only module that knows two stages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Self

from backlight.graph import build_graph
from backlight.model.document import Document, Source, Timing, integer_as_json
from backlight.model.program import Namespace, Program
from backlight.model.request import TraceRequest
from backlight.model.trace import Trace
from backlight.parse import parse_program
from backlight.record import OpenRecorder, find_residue, record_program
from backlight.settings import Settings

__all__ = ["Prepared", "Told", "find_residue", "run", "tell", "trace_document"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A request's Program, and how many seconds parsing took."""

    program: Program
    seconds: float

    @classmethod
    def of(cls, request: TraceRequest, settings: Settings) -> Self:
        """Parse it. Raises as `parse_program`."""
        start = perf_counter()
        program = parse_program(request, settings)
        return cls(program, perf_counter() - start)


def run(request: TraceRequest, settings: Settings, namespace: Namespace) -> bytes:
    """The Document of one request, as UTF-8 JSON. Raises BacklightError where the request is refused."""
    return trace_document(request, settings, namespace).to_json()


class Prepared:
    """The pipeline for one request that has yet to come, with all done that can be done before."""

    def __init__(self, settings: Settings, namespace: Namespace) -> None:
        self._settings = settings
        self._namespace = namespace
        self._opened = OpenRecorder(settings, namespace)
        self._read: tuple[TraceRequest, Parsed] | None = None

    def read(self, request: TraceRequest) -> None:
        """Parse the program of a request that `run` may be asked for. Raises as `parse_program`."""
        self._read = request, Parsed.of(request, self._settings)

    def run(self, request: TraceRequest) -> bytes:
        """As `run`; what was done before stays done, so that an answer need not wait for its undoing."""
        read, parsed = self._read or (None, None)
        if parsed is None or read is not request:
            parsed = Parsed.of(request, self._settings)
        return _document(parsed, request.seed, self._settings, self._namespace, self._opened).to_json()

    def close(self) -> None:
        """Undo what was done, where the process goes on. A second time does nothing."""
        self._opened.close()


def trace_document(request: TraceRequest, settings: Settings, namespace: Namespace) -> Document:
    """Parse, record, and tell what was recorded as a graph."""
    return _document(Parsed.of(request, settings), request.seed, settings, namespace)


def _document(
    parsed: Parsed, seed: int, settings: Settings, namespace: Namespace, opened: OpenRecorder | None = None
) -> Document:
    """Record, and tell what was recorded as a graph. ``opened`` is as for `record_program`."""
    start = perf_counter()
    trace = record_program(parsed.program, settings, namespace, seed, opened)
    took = parsed.seconds, perf_counter() - start
    return tell(trace, [Source("program", parsed.program.text)], seed, took).document


@dataclass(frozen=True, slots=True)
class Told:
    """A Document, and ``node_of(call, output_nr)``: the node that stands for an output of one of the Trace's calls."""

    document: Document
    node_of: Callable[[int, int], int | None]


def tell(trace: Trace, sources: list[Source], seed: int, took: tuple[float, float]) -> Told:
    """The Document of a Trace. ``took`` are the seconds that parsing and recording took."""
    start = perf_counter()
    graph = build_graph(trace)
    built = perf_counter() - start
    document = Document(
        source=sources[0].text,
        seed=integer_as_json(seed),
        torch_version=trace.torch_version,
        sources=sources,
        cells=list(trace.cells),
        error=trace.error,
        stopped=trace.stopped,
        values=list(trace.values),
        nodes=graph.nodes,
        edges=graph.edges,
        groups=graph.groups,
        past=graph.past,
        passes=graph.passes,
        events=graph.events,
        leaves=graph.leaves,
        diagnostics=graph.diagnostics,
        truncated=list(trace.truncated),
        unseen=graph.unseen,
        timing=Timing(*(1000 * part for part in (*took, built, sum(took) + built))),
    )
    return Told(document, graph.node_of)
