"""Random programs, with Backlight and by plain PyTorch: the same text, errors, values and gradients, and a true graph.

``RANDOM_PROGRAMS`` says how many (for a long run), ``RANDOM_PROGRAMS_SEED`` repeats one; a failure prints its seed.
They are others each time, but the same in CI, as with Hypothesis's own profile for it: a change is judged by itself.
"""

from __future__ import annotations

import os
import re
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import torch
from hypothesis import HealthCheck, given, note, seed, settings

from autograd_walk import as_counted, walking_passes, walks_of
from contributions import check_contributions
from plain_torch import PlainRun, run_plain
from random_programs import programs
from sample_programs import trace
from test_oracle_gradients import content, tensors, value
from test_samples import without_addresses, without_origin

COUNT = int(os.environ.get("RANDOM_PROGRAMS", "2000"))
SEED = int(os.environ.get("RANDOM_PROGRAMS_SEED") or (0 if os.environ.get("CI") else secrets.randbits(32)))
TWICE = 8
"""One program in so many runs twice, for the same Document."""

Document = dict[str, Any]


@contextmanager
def warning_always() -> Iterator[None]:
    """Torch warns as often as Python lets it, not once in the life of a process."""
    torch.set_warn_always(True)
    try:
        yield
    finally:
        torch.set_warn_always(False)


@contextmanager
def not_crashing() -> Iterator[None]:
    """Plain torch ends the process where a hook is put on a view of a leaf written to, unless its node is asked for."""
    register = torch.Tensor.register_hook

    def register_hook(tensor: torch.Tensor, hook: Any) -> Any:
        _ = tensor.grad_fn
        return register(tensor, hook)

    with mock.patch.object(torch.Tensor, "register_hook", register_hook):
        yield


def check_cells(document: Document, plain: PlainRun) -> None:
    """Text, errors, and warnings: a notebook shows one that has the same place and text once, and not in each cell."""
    warned: dict[str, None] = {}
    for ours, cell in zip(document["cells"], plain.cells, strict=True):
        assert without_addresses(ours["output"]) == without_addresses(cell.output)
        error = ours["error"] and (ours["error"]["type"], ours["error"]["message"])
        assert error == (cell.error and (type(cell.error).__name__, without_origin(str(cell.error))))
        given = [without_origin(each) for each in cell.warnings]
        shown = [each["message"] for each in ours["warnings"]]
        assert set(shown) <= set(given)
        assert [each for each in dict.fromkeys(given) if each not in warned and each not in shown] == []
        warned |= dict.fromkeys(given)


def is_leaf(tensor: torch.Tensor) -> bool:
    """A view taken under ``no_grad`` whose base was then written to has no history that one may ask for."""
    try:
        return tensor.is_leaf and tensor.requires_grad
    except RuntimeError:
        return False


def check_leaves(document: Document, plain: PlainRun) -> None:
    """Each leaf by its name, parameters of modules too: value and gradient, to the sign of a zero."""
    nodes = document["nodes"]
    for name, tensor in tensors(plain.names):
        if not is_leaf(tensor):
            continue
        wanted = repr((content(tensor), content(tensor.grad)))
        ours = [leaf for leaf in document["leaves"] if name in nodes[leaf["node"]]["names"]]
        found = [repr((value(document, leaf["value"]), value(document, leaf["grad"]))) for leaf in ours]
        assert wanted in found, f"{name}: {wanted} is none of {found}"


ASSIGNMENT = re.compile(r"^( *)((?:t\d+, )*t\d+) = .*$", re.MULTILINE)
KEEPING = """\
kept = {}
def keep(name, tensor):
    if isinstance(tensor, torch.Tensor):
        kept[name] = tensor.detach().clone(), tensor.requires_grad
"""


def keeping(source: str) -> str:
    """The program with a copy made of each tensor when it gets its name, before anything writes to it."""

    def and_keep(line: re.Match[str]) -> str:
        return "\n".join([line[0], *(f"{line[1]}keep('{name}', {name})" for name in line[2].split(", "))])

    head, imports, rest = source.partition("import torch.nn.functional as F\n")
    return head + imports + KEEPING + ASSIGNMENT.sub(and_keep, rest)


def check_values(document: Document, kept: dict[str, tuple[torch.Tensor, bool]]) -> None:
    """What each named tensor held when it got its name is the value of a node.

    That of a leaf is from its first use, also where it was frozen by then; a view that was written to stands for its
    base until it is used again; what is computed from gradients is drawn only where it goes into the graph.
    """
    for name, (tensor, requires_grad) in kept.items():
        nodes = [node for node in document["nodes"] if name in node["names"]]
        elsewhere = any(node["kind"] == "leaf" or node["op"] == "CopySlices" for node in nodes)
        is_frozen = requires_grad and all(node["kind"] == "input" for node in nodes)
        from_gradients = not requires_grad and "grad(" in document["source"]
        if not nodes or elsewhere or is_frozen or from_gradients:
            continue
        found = [repr(value(document, output["value"])) for node in nodes for output in node["outputs"]]
        assert repr(content(tensor)) in found, f"{name}: {content(tensor)} is none of {found}"


def check_graph(document: Document, walks: list[Any]) -> None:
    ours = walks_of(document)
    assert [as_counted(*pair) for pair in zip(ours, walks, strict=True)] == walks


@seed(SEED)
@settings(
    max_examples=COUNT,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
@given(programs())
def test_a_random_program_runs_as_in_plain_pytorch(source: str) -> None:
    note(f"RANDOM_PROGRAMS_SEED={SEED}\n{source}")
    with warning_always(), not_crashing():
        plain = run_plain(keeping(source))
    random = torch.get_rng_state()
    with walking_passes() as walks:
        document = trace(source)
    assert torch.equal(torch.get_rng_state(), random)
    check_cells(document, plain)
    check_leaves(document, plain)
    check_values(document, plain.names["kept"])
    check_graph(document, walks)
    if "_hook(" not in source:
        check_contributions(document)
    if zlib.crc32(source.encode()) % TWICE == 0:
        assert trace(source) | {"timing": None} == document | {"timing": None}
