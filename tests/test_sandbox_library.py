"""Python's library as programs have it: times, buffers, reports of errors, paths, dispatch, beside Python's own."""

from __future__ import annotations

import copy
import datetime
import io
import operator
import pathlib
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch

from backlight import pipeline
from backlight.model.document import Document
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.settings import Settings


@cache
def namespace() -> Any:
    return build_namespace()


def module(name: str) -> Any:
    return namespace().modules[name]


def printed(source: str) -> str:
    document = pipeline.trace_document(TraceRequest(source=source), Settings(), namespace())
    assert document.error is None, document.error
    return text_of(document)


def text_of(document: Document) -> str:
    return "".join(cell.output for cell in document.cells)


# ── times ─────────────────────────────────────────────────────────────────────────────────────────

above: Callable[..., Any] = super
NOW: dict[str, Callable[[Any, Any], Any]] = {
    "now": lambda given, _: given.datetime.now(),
    "now in a zone": lambda given, _: given.datetime.now(given.timezone(given.timedelta(hours=2))),
    "today": lambda given, _: given.datetime.today(),
    "utcnow": lambda given, _: given.datetime.utcnow(),
    "date": lambda given, _: given.date.today(),
    "of an instance": lambda given, _: given.datetime(2020, 1, 1).date().today(),
    "of a constant": lambda given, _: (given.datetime.min.now(), given.date.max.today()),
    "of a sum": lambda given, _: (given.datetime(2020, 1, 1) + given.timedelta(1)).now(),
    "of what was read": lambda given, _: given.datetime.strptime("2020", "%Y").now(),
    "of what is joined": lambda given, _: given.datetime.combine(given.date.today(), given.time(1)).now(),
    "by super": lambda given, _: above(given.datetime, given.datetime.min).now(),
    "by super of a date": lambda given, _: above(given.date, given.date.min).today(),
    "gmtime": lambda _, given: given.gmtime(),
    "gmtime of None": lambda _, given: given.gmtime(None),
    "localtime": lambda _, given: given.localtime(),
    "asctime": lambda _, given: given.asctime(),
    "ctime": lambda _, given: given.ctime(None),
    "strftime": lambda _, given: given.strftime("%c"),
    "time": lambda _, given: (given.time(), given.thread_time(), given.thread_time_ns()),
}


@pytest.mark.parametrize("ask", NOW.values(), ids=NOW.keys())
def test_nothing_tells_the_time_of_the_machine(ask: Callable[[Any, Any], Any]) -> None:
    answers: set[str] = set()
    for _ in range(2):
        namespace().start(0)
        answers.add(str(ask(module("datetime"), module("time"))))
    assert len(answers) == 1
    assert not any(str(datetime.datetime.now().year) in each for each in answers)


SAME: dict[str, Callable[[Any], Any]] = {
    "text": lambda given: [str(given.datetime(2020, 1, 2, 3)), repr(given.datetime(2020, 1, 2)), repr(given.date.min)],
    "formats": lambda given: [f"{given.datetime(2020, 1, 2, 3):%Y/%m/%d %H}", given.date(2020, 1, 2).isoformat()],
    "read": lambda given: repr(given.datetime.strptime("2020-01-02 03", "%Y-%m-%d %H")),
    "iso": lambda given: repr(given.datetime.fromisoformat("2020-01-02T03:04:05+02:00")),
    "sums": lambda given: repr((given.datetime(2020, 1, 1) - given.datetime(2019, 1, 1), given.date(2020, 1, 1))),
    "order": lambda given: sorted(map(str, [given.date(2020, 1, 1), given.date(2019, 1, 1)])),
    "kinds": lambda given: isinstance(given.datetime.min, given.date) and issubclass(given.datetime, given.date),
    "from times": lambda given: repr((given.datetime.fromtimestamp(1e9, given.timezone.utc), given.datetime.max)),
    "to times": lambda given: given.datetime(2020, 1, 1, tzinfo=given.timezone.utc).timestamp(),
    "zones": lambda given: repr(given.datetime(2020, 1, 1, tzinfo=given.timezone.utc).astimezone(given.UTC)),
    "parts": lambda given: repr((given.datetime(2020, 1, 1).timetuple(), given.date(2020, 1, 1).isocalendar())),
    "replaced": lambda given: repr(given.datetime(2020, 1, 1).replace(year=2021)),
    "copies": lambda given: repr(copy.deepcopy(given.datetime(2020, 1, 1))),
    "derived": lambda given: repr(type("Own", (given.datetime,), {})(2020, 1, 1)),
}


@pytest.mark.parametrize("ask", SAME.values(), ids=SAME.keys())
def test_times_are_python_s_own_otherwise(ask: Callable[[Any], Any]) -> None:
    assert ask(module("datetime")) == ask(datetime)


def test_the_local_zone_is_utc() -> None:
    given, clock = module("datetime"), module("time")
    assert given.datetime(1970, 1, 2).timestamp() == 86400.0
    assert given.datetime.fromtimestamp(86400) == given.datetime(1970, 1, 2)
    assert given.date.fromtimestamp(86400) == given.date(1970, 1, 2)
    assert given.datetime(1970, 1, 2).astimezone().utcoffset() == datetime.timedelta(0)
    assert clock.mktime(clock.localtime(86400)) == 86400.0
    assert clock.strftime("%Y-%m-%d", clock.strptime("2020-01-02", "%Y-%m-%d")) == "2020-01-02"
    assert clock.ctime(0) == time.asctime(time.gmtime(0))


# ── buffers ───────────────────────────────────────────────────────────────────────────────────────

TEXTS: dict[str, Callable[[Any], Any]] = {
    "written": lambda given: (given.write("a\nb"), given.tell(), given.getvalue(), given.read()),
    "lines": lambda given: (given.writelines(["a\n", "b\n"]), given.seek(0), list(given), given.readlines()),
    "one line": lambda given: (given.write("a\nb\n"), given.seek(0), given.readline(), given.read(1), next(given)),
    "truncated": lambda given: (given.write("abc"), given.truncate(1), given.getvalue()),
    "asked": lambda given: (given.readable(), given.writable(), given.seekable(), given.isatty(), given.closed),
    "closed": lambda given: (given.close(), given.closed),
    "copied": lambda given: (given.write("ab"), copy.deepcopy(given).write("c"), given.getvalue()),
    "printed to": lambda given: (print("a", 1, sep="-", file=given), given.getvalue()),
}


@pytest.mark.parametrize("ask", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_in_memory_is_python_s_own_otherwise(ask: Callable[[Any], Any]) -> None:
    assert ask(module("io").StringIO()) == ask(io.StringIO())


def test_bytes_in_memory_are_python_s_own_otherwise() -> None:
    for kind in (io.BytesIO, module("io").BytesIO):
        with kind(b"abc") as given:
            given.seek(0, 2)
            given.write(b"d\n")
            given.seek(1)
            assert (given.read1(2), given.read(), given.getvalue()) == (b"bc", b"d\n", b"abcd\n")
        assert given.closed
        with pytest.raises(ValueError, match="closed file"):
            given.read()


def test_what_is_printed_goes_where_it_is_told_to_go_piece_by_piece() -> None:
    assert printed("""
import io, sys
class Tee(io.StringIO):
    def write(self, text):
        sys.stdout.write(f"[{text!r}]")
        return super().write(text)
tee = Tee()
print("a", 1, file=tee)
print("b", file=sys.stderr)
print(repr(tee.getvalue()))
""") == "['a'][' '][1]['\\n']b\n'a 1\\n'\n".replace("[1]", "['1']")


REDIRECTED = """
import contextlib, io, sys
out = sys.stdout
class Loud:
    def write(self, text):
        out.write(text.upper())
with contextlib.redirect_stdout(io.StringIO()) as kept:
    print("a", 1)
    sys.stdout.write("b")
    with contextlib.redirect_stdout(Loud()):
        print("c")
    print("d", end="")
print(repr(kept.getvalue()))
"""


def test_what_is_printed_may_be_kept(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(REDIRECTED, "plain", "exec"), {})
    assert printed(REDIRECTED) == capsys.readouterr().out == "C\n'a 1\\nbd'\n"


# ── reports of errors ─────────────────────────────────────────────────────────────────────────────


def test_an_error_is_told_with_the_program_s_lines_alone() -> None:
    assert printed("""import torch, traceback
class Layer(torch.nn.Module):
    def forward(self, x):
        return x @ torch.ones(3)
try:
    torch.nn.Sequential(Layer())(torch.ones(2))
except RuntimeError:
    traceback.print_exc()
""").splitlines()[:-1] == [
        "Traceback (most recent call last):",
        '  File "<program>", line 6, in <module>',
        "    torch.nn.Sequential(Layer())(torch.ones(2))",
        '  File "<program>", line 4, in forward',
        "    return x @ torch.ones(3)",
    ]


def test_the_errors_behind_an_error_are_told_first() -> None:
    told = printed("""import traceback
try:
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            [].nothing
    except AttributeError as error:
        raise ValueError("bad") from error
except ValueError as error:
    print("".join(traceback.format_exception(error)))
    print(traceback.format_exception(error, chain=False, limit=0), traceback.format_exception_only(error))
""")
    order = [
        "ZeroDivisionError: division",
        "During handling",
        "AttributeError: 'list'",
        "direct cause",
        "ValueError: bad",
    ]
    assert [told.index(each) for each in order] == sorted(told.index(each) for each in order)
    assert told.endswith("['Traceback (most recent call last):\\n', 'ValueError: bad\\n'] ['ValueError: bad\\n']\n")


def test_no_file_of_the_machine_is_told_where_a_message_names_one() -> None:
    path = torch.__file__
    told = printed(f"""import traceback
try:
    raise ValueError('at {path}\\n  File "{path}", line 1, in f\\n    code\\nend')
except ValueError:
    print(traceback.format_exc())
""")
    assert told.endswith("ValueError: at __init__.py\nend\n\n")
    assert printed("import traceback\nprint(traceback.format_exc())") == "NoneType: None\n\n"


def test_errors_are_said_as_python_says_them() -> None:
    told = printed("""import decimal, traceback
class Outer:
    class E(Exception):
        pass
class Broken(Exception):
    def __str__(self):
        return 1 / 0
for error in (Outer.E("a"), KeyError("k"), ValueError(), decimal.InvalidOperation("b"), Broken(), SyntaxError("c")):
    print(traceback.format_exception_only(error), end="")
""")
    said = ["Outer.E: a", "KeyError: 'k'", "ValueError", "decimal.InvalidOperation: b"]
    said += ["Broken: <exception str() failed>", "SyntaxError: c"]
    assert told == "".join(f"[{each + chr(10)!r}]" for each in said)


def test_no_name_is_guessed_that_an_object_may_have() -> None:
    """From Python 3.12 on, its own report of an AttributeError looks for one that is like it."""
    told = printed("""import traceback
class A:
    _hidden_name = 1
for value in (A(), []):
    try:
        value.hidden_name
    except AttributeError as error:
        print(traceback.format_exc(), traceback.format_exception_only(error))
""")
    assert "Did you mean" not in told


ENDLESS = """import traceback
class E(Exception):
    def __str__(self):
        for each in range(1_000):
            print(each)
try:
    raise E
except E as error:
    WRITE
    print("later")
"""


@pytest.mark.parametrize("write", ["traceback.print_exc()", "traceback.format_exception_only(error)"])
def test_a_limit_inside_of_an_error_s_text_ends_the_run(write: str) -> None:
    source = ENDLESS.replace("WRITE", write)
    document = pipeline.trace_document(TraceRequest(source=source), Settings(output_bytes=100), namespace())
    assert document.stopped is not None
    assert (document.stopped.limit, document.stopped.line) == ("output_bytes", 5)
    assert "later" not in text_of(document)


# ── dispatch ──────────────────────────────────────────────────────────────────────────────────────

DISPATCH = """
import functools, torch
from collections.abc import Sequence
@functools.singledispatch
def show(x, more=0):
    "What it shows."
    return "anything"
@show.register
def _(x: int): return "whole"
@show.register
def _(x: "torch.Tensor"): return "tensor"
@show.register
def _(x: "float | None"): return "number or nothing"
@show.register(Sequence)
def _(x): return "sequence"
show.register(dict, lambda x: "dictionary")
class Shown:
    @functools.singledispatchmethod
    def of(self, x): return type(self).__name__
    @of.register
    def _(self, x: bool): return f"{self.of('')} {x}"
print([show(each) for each in (1, True, 2.0, None, "a", [], (), {}, set(), torch.ones(1), torch.nn.Parameter())])
print(show.__name__, show.__doc__, show.dispatch(bool)(1), [kind.__name__ for kind in show.registry])
print(Shown().of(True), Shown().of(0))
"""


def test_functions_are_chosen_as_python_itself_does(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(DISPATCH, "plain", "exec"), {"__name__": "plain"})
    assert printed(DISPATCH) == capsys.readouterr().out


@pytest.mark.parametrize("text", ["torch", "nothing", "torch.nothing", "int()", "__import__", "list[int]", "1"])
def test_an_annotation_that_names_no_class_is_an_error_and_is_not_evaluated(text: str) -> None:
    source = f"import functools, torch\nf = functools.singledispatch(print)\n@f.register\ndef g(x: {text!r}): pass"
    document = pipeline.trace_document(TraceRequest(source=source), Settings(), namespace())
    assert document.error is not None
    assert document.error.type in {"TypeError", "AttributeError"}


def test_attributes_and_methods_are_found_by_name() -> None:
    getter, caller = module("operator").attrgetter, module("operator").methodcaller
    x = torch.ones(2, 3)
    assert getter("T.shape")(x) == operator.attrgetter("T.shape")(x)
    assert getter("ndim", "T.ndim")(x) == (2, 2)
    assert caller("sum", dim=0)(x).tolist() == [2.0, 2.0, 2.0]
    assert caller("format", 1)("{0}") == "1"
    with pytest.raises(AttributeError):
        getter("T._version.__class__")(x)


# ── paths ─────────────────────────────────────────────────────────────────────────────────────────

PATHS: dict[str, Callable[[Any], Any]] = {
    "text": lambda path: [str(path("a") / "b" / path("c")), path("/a", "b.c").as_posix(), f"{path('a')}"],
    "parts": lambda path: [path("/a/b.c.d").parts, path("a/b.c.d").suffixes, path("b.c").stem, path("a/b").name],
    "above": lambda path: [str(path("a/b/c").parent), [str(each) for each in path("a/b/c").parents]],
    "others": lambda path: [str(path("a/b").with_suffix(".c")), str(path("a/b").with_name("c")), str("a" / path("b"))],
    "relations": lambda path: [str(path("a/b").relative_to("a")), path("a/b").is_relative_to(path("a"))],
    "order": lambda path: [
        path("a") == path("a/"),
        path("a") < path("b"),
        path("a") == "a",
        len({path("a"), path("a")}),
    ],
    "kind": lambda path: [repr(path("a")), path("/a").is_absolute(), path("a/b.c").match("*.c")],
}


@pytest.mark.parametrize("ask", PATHS.values(), ids=PATHS.keys())
def test_paths_are_put_together_and_taken_apart_as_python_itself_does(ask: Callable[[Any], Any]) -> None:
    assert ask(module("pathlib").Path) == ask(pathlib.Path)
    assert ask(module("pathlib").PurePath) == ask(pathlib.PurePosixPath)


def test_nothing_is_at_a_path_and_what_touches_it_is_an_error() -> None:
    path = module("pathlib").Path("/")
    assert not (path.exists() or path.is_dir())
    for name in ("mkdir", "open", "read_text", "write_text", "iterdir", "cwd"):
        with pytest.raises(OSError, match="a program here has no files"):
            getattr(path, name)()


# ── what may be asked by name ─────────────────────────────────────────────────────────────────────


def test_what_may_be_read_plainly_may_be_asked_for_by_name() -> None:
    get, has = namespace().builtins["getattr"], namespace().builtins["hasattr"]
    x = torch.ones(2, requires_grad=True)
    assert get(torch.sin(x).grad_fn, "_saved_self") is not None
    assert (get(len, "__name__"), get(1, "__name__", "none"), has(x, "_version")) == ("len", "none", True)
    for name in ("__class__", "__dict__", "__globals__", "_backward_hooks"):
        assert not has(x, name)
        with pytest.raises(AttributeError):
            get(x, name, None)
    with pytest.raises(AttributeError):
        namespace().builtins["setattr"](x, "_version", 7)


def test_a_program_has_the_text_that_it_begins_with() -> None:
    assert printed('"""Train it."""\nprint(__doc__, __debug__)') == "Train it. True\n"
    assert printed("print(__doc__)") == "None\n"
