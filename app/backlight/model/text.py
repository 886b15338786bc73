"""The text twin of a Document, for tests, logs and the command line.

In: a Document as the plain dict that its JSON holds. Out: lines of text that name every node, edge, step and
event once, with six significant digits. Never a complete copy: version, timing and the program's text stay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]

MOST_ELEMENTS = 8
"""Values with more elements are told by their statistics."""


def document_to_text(document: Record) -> str:
    """The text twin: one block for each non-empty part of the Document, blank lines between them."""
    parts: tuple[tuple[str, Callable[[Record], Iterator[str]]], ...] = (
        ("cells", _cells),
        ("stopped", _stopped),
        ("nodes", _nodes),
        ("edges", _edges),
        ("groups", _groups),
        ("past", _past),
        ("passes", _passes),
        ("events", _events),
        ("leaves", _leaves),
        ("diagnostics", _diagnostics),
        ("truncated", _truncated),
        ("unseen", _unseen),
    )
    blocks = [(title, list(lines_of(document))) for title, lines_of in parts]
    return "\n".join("\n".join([title, *(f"  {line}" for line in lines), ""]) for title, lines in blocks if lines)


def _cells(document: Record) -> Iterator[str]:
    for cell in document["cells"]:
        yield f"{cell['index']} lines {cell['start_line']}-{cell['end_line']}"
        yield from (f"  > {line}" for line in cell["output"].splitlines())
        yield from (f"  note in line {note['line']}: {note['message']}" for note in cell["notes"])
        for warning in cell["warnings"]:
            yield f"  warning in line {warning['line']}: {_first_sentence(warning['message'])}"
        if cell["error"]:
            error = cell["error"]
            yield f"  {error['type']}{_at(error)}: {_first_sentence(error['message'])}"


def _stopped(document: Record) -> Iterator[str]:
    if stopped := document["stopped"]:
        yield f"{stopped['limit']} {stopped['value']:g} in line {stopped['line']}: {stopped['message']}"


def _nodes(document: Record) -> Iterator[str]:
    for node in document["nodes"]:
        names = f" {', '.join(node['names'])}" if node["names"] else ""
        operation = f" {node['op']}" if node["op"] else ""
        arguments = "".join(f" {name}={value}" for name, value in node["arguments"].items())
        made = "" if node["made_in"] is None else f" in pass {node['made_in']}"
        made += "" if node["backward_of"] is None else f" by backward of {node['backward_of']}"
        named = f"{node['id']} {node['kind']}{operation} {node['label']!r}{arguments}{names}"
        yield f"{named}{_at(node)}{_calls(node)}{made}"
        for output in node["outputs"]:
            yield f"  = {_value(document, output['value'])} {output['dtype']}{output['shape']}"
        for saved in node["saved"]:
            kept = f"{saved['name']} version {saved['version']} = {_value(document, saved['value'])}"
            yield f"  saves {kept}{_kept(saved)}"


def _kept(saved: Record) -> str:
    maker = "" if saved["node"] is None else f" of {saved['node']}.{saved['output_nr']}"
    freed = "" if saved["freed"] is None else f", freed after {saved['freed']}"
    return f"{maker}{', packed' if saved['packed'] else ''}{freed}"


def _hooked(document: Record, hooked: Record) -> str:
    change = f"{_value(document, hooked['before'])} -> {_value(document, hooked['after'])}"
    return f"{hooked['kind']} hook on {hooked['where']}[{hooked['slot']}]{_at(hooked)}: {change}"


def _edges(document: Record) -> Iterator[str]:
    for edge in document["edges"]:
        ends = f"{edge['source']}.{edge['output_nr']} -> {edge['target']}.{edge['input_nr']}"
        yield ends if edge["differentiable"] else f"{ends} cut: {edge['cut']}"


def _groups(document: Record) -> Iterator[str]:
    for group in document["groups"]:
        inside = "" if group["parent"] is None else f" in {group['parent']}"
        module = f" ({group['type']} {group['module']}, call {group['number']})" if group["kind"] == "module" else ""
        members = [node["id"] for node in document["nodes"] if group["id"] in node["groups"]]
        yield f"{group['id']} {group['kind']} {group['name']}{module}{inside}{_at(group)}: {members}"


def _past(document: Record) -> Iterator[str]:
    for each in document.get("past", ()):
        gradients = "".join(f" {gradient['node']}: |{_numbers(gradient['norm'])}|" for gradient in each["gradients"])
        yield f"{_at(each).strip()} from {', '.join(map(_numbers, each['roots']))} to{gradients}"


def _passes(document: Record) -> Iterator[str]:
    for each in document["passes"]:
        flags = "".join(f" {flag}" for flag in ("create_graph", "retain_graph") if each[flag])
        inside = "" if each["parent"] is None else f" in {each['parent']}"
        yield f"{each['index']}{inside}{_at(each)} from {each['roots']}{flags}"
        for step in each["steps"]:
            yield f"  {step['node']}: {_list(document, step['grad_outputs'])} -> {_list(document, step['grad_inputs'])}"
            for contribution in step["contributions"]:
                edge = document["edges"][contribution["edge"]]
                yield f"    to {edge['source']}.{edge['output_nr']}: {_value(document, contribution['value'])}"
            for hooked in step["hooked"]:
                yield f"    {_hooked(document, hooked)}"
        for captured in each["captured"]:
            yield f"  gives {captured['node']}.{captured['output_nr']}: {_value(document, captured['value'])}"
            for hooked in captured["hooked"]:
                yield f"    {_hooked(document, hooked)}"


def _events(document: Record) -> Iterator[str]:
    for event in document["events"]:
        yield f"{event['index']} {event['kind']}{_at(event)}{_told(document, event)}"


def _told(document: Record, event: Record) -> str:
    kind = event["kind"]
    if kind == "forward":
        return f" node {event['node']}"
    if kind == "backward":
        return f" node {event['node']}, pass {event['pass_index']}, step {event['step']}"
    if kind == "print":
        return f" {event['text']!r}"
    if kind == "warning":
        return f" {_first_sentence(event['message'])}"
    if kind == "error":
        return f" {event['type']}: {_first_sentence(event['message'])}{''.join(map(_written, event['writes']))}"
    added = f" + {_value(document, event['added'])}" if kind in ("accumulate", "retain") else ""
    return f" node {event['node']}: {_value(document, event['before'])}{added} -> {_value(document, event['after'])}"


def _written(write: Record) -> str:
    own = "no node" if write["node"] is None else f"node {write['node']}"
    return f"\n    {write['op']}{_at(write)} ({own}) made version {write['version']} of nodes {write['nodes']}"


def _leaves(document: Record) -> Iterator[str]:
    for leaf in document["leaves"]:
        value, gradient = _value(document, leaf["value"]), _value(document, leaf["grad"])
        yield f"{leaf['name']} (node {leaf['node']}) = {value}, grad {gradient}"


def _diagnostics(document: Record) -> Iterator[str]:
    for each in document["diagnostics"]:
        yield f"{each['severity']} {each['code']}{_at(each)}: {each['message']}"


def _truncated(document: Record) -> Iterator[str]:
    for each in document["truncated"]:
        yield f"{each['what']}: {each['count']} by {each['limit']} {each['value']:g}"


def _unseen(document: Record) -> Iterator[str]:
    for each in document["unseen"]:
        node = "" if each["node"] is None else f" node {each['node']}"
        yield f"{each['kind']}{_at(each)}{node}: {each['message']}"


def _at(placed: Record) -> str:
    if placed["line"] is None:
        return ""
    end = "" if placed["end_line"] == placed["line"] else f"{placed['end_line']}:"
    return f" at {placed['line']}:{placed['column']}-{end}{placed['end_column']}"


def _calls(node: Record) -> str:
    return "".join(f" < {_at(call).removeprefix(' at ')}" for call in node["calls"])


def _list(document: Record, ids: list[int | None]) -> str:
    return ", ".join(_value(document, each) for each in ids) or "nothing"


def _value(document: Record, number: int | None) -> str:
    if number is None:
        return "none"
    value, stats = document["values"][number], document["values"][number]["stats"]
    elements = 1
    for size in value["shape"]:
        elements *= size
    if value["data"] is not None and elements <= MOST_ELEMENTS:
        return _numbers(value["data"])
    size = "ragged" if -1 in value["shape"] else f"{elements} elements"
    if stats is None:
        return size
    return f"{size}, mean {_numbers(stats['mean'])}, norm {_numbers(stats['norm'])}"


def _numbers(data: Any) -> str:
    if isinstance(data, list):
        return f"[{', '.join(_numbers(each) for each in data)}]"  # pyright: ignore[reportUnknownVariableType] (JSON)
    if isinstance(data, dict):
        real, imaginary = _numbers(data["re"]), _numbers(data["im"])
        return f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    return f"{data:.6g}" if isinstance(data, float) else str(data)


def _first_sentence(message: str) -> str:
    return message.split(". ", maxsplit=1)[0].split("\n", maxsplit=1)[0].removesuffix(".")
