"""The page of the documentation that says what a program may use, made from `backlight.language` and the rules."""

from __future__ import annotations

from collections.abc import Mapping

from backlight.language import HIDDEN, MODULES, UNDERSCORED, WITHHELD
from backlight.parse import rules
from backlight.sandbox.facade import BUILTIN_NAMES

HEAD = """\
# The language of a program

What a program in the playground may write. The lists below are made from `app/backlight/language/` by `make format`.
Under `backlight.record()` nothing of this holds: there your code runs as it is.

## Python

All of Python 3.11, but `async`, `except*` and metaclasses other than `ABCMeta`. Classes, dataclasses, enums,
generators, decorators, closures, `match`, `with`, `try`, f-strings and `str.format` are as usual.

- Each program is told from its own: attributes that begin with an underscore may be read and written on objects of
  classes that the program itself makes (`self._cache`, `out._backward`), and nowhere else. Of torch's own one may read
  `_modules`, `_parameters`, `_buffers`, `_version`, `_base` and the `_saved_` attributes of a `grad_fn`, and of an
  error its `__cause__` and `__context__`.
- Special methods of the usual kind may be defined and called; those that change how Python itself treats objects
  (`__getattribute__`, `__del__`, `__reduce__`, `__torch_function__` …) may not. `super().__setattr__(name, value)` and
  `object.__setattr__(self, name, value)` write to objects of the program's own classes, as `setattr` does.
- `x.__class__` is what `type(x)` gives, of anything but numbers, texts and containers. `x.__dict__` and `vars(x)` are
  there for objects of one's own classes, and for `SimpleNamespace`: the attributes that the object had then, without
  names of Python's own. Writing into them writes into the object; a class's are to be read alone. Neither can be
  replaced.
- `from math import *` brings the names that are listed here for a module and that the module gives for it.
- What torch, NumPy and Python own cannot be replaced or deleted: `torch.sin = f`, `torch.Tensor.backward = f` and
  `setattr(nn.Module, ...)` are errors, under whatever name the class or module goes. Functions, modules and
  subclasses of one's own can be changed at will. A subclass of `torch.Tensor` may add names, and replace none but
  `__new__`, `__init__`, `__repr__`, `__str__` and `__format__`.
- `sys`, `logging`, `argparse`, `inspect`, `gc`, `pprint` and `timeit` are stand-ins with what scripts use most. What is
  logged, and what is written to `sys.stdout` and `sys.stderr`, stands under the cell. A script has no arguments:
  `parse_args()` gives the defaults. `sys.exit()` ends its cell, and is an error where it is given anything but 0 or
  None. `torch.set_num_threads` takes 1, `torch.set_default_device` the CPU.
- `datetime` and `time` tell the time of the run, which begins at 1970-01-01 in UTC. `io.StringIO` and `io.BytesIO` are
  texts and bytes in memory; `print(..., file=buffer)` and `contextlib.redirect_stdout(buffer)` write there. `traceback`
  tells of errors as text, with the program's own lines alone. Paths of `pathlib` are put together and taken apart;
  nothing is at them, and what would touch a file is an error. `functools.singledispatch` and `operator.attrgetter`
  are as usual; an annotation that is written as text names a class, and is not evaluated.
- `os` puts paths together and has an environment that is empty until the program writes to it; no file is there,
  `os.makedirs(..., exist_ok=True)` and `Path.mkdir(exist_ok=True)` make nothing, and what would touch a file is an
  error. An import of it that nothing uses is refused. `uuid.uuid4` and `os.urandom` draw from the run, `platform` tells
  nothing of the machine, and locks of `threading` are held by the one thread that there is.
- `torch.compile` and `torch.jit.script` give back what they are given: programs run step by step here, so that each
  step can be shown, and the results are the same.
- `tqdm` gives the items of what it is given, without a bar. `matplotlib` takes what it is given and draws nothing: the
  page draws values, losses and gradients. A note under the cell says so.
- In notebooks' words: `display(x)` shows values as text, with or without its import from `IPython.display`, and `_`
  is the last one that a cell showed. `clear_output` takes nothing away.
- A name of a module that is left out (`torch.save`), and `.cuda()`, are an error as they run, and no refusal, in a
  function, in a branch of an `if` and after `and` or `or`: `if torch.cuda.is_available(): model.cuda()`.
- The same program and seed give the same Document. So `time` and its like count their own readings, a millisecond
  each, and `time.sleep` only puts the clock forward; `id(x)` is an ordinal; and what would take its seed from the
  machine (`np.random.default_rng()`, `random.Random()`, `torch.seed()`) takes it from the run.
- An import of what is not here raises `ImportError` as it runs, with what to write instead, where the program is
  prepared for that or may never come there: in a `try` that handles it, in a function, in a branch of an `if`. So does
  any import under `if TYPE_CHECKING:`. Elsewhere it is refused before anything runs, and so is, everywhere, what of
  Python's own library is left out, for that is always there.
- `DataLoader` works without worker processes: `num_workers` is 0, or left out.

A refusal names the place, says why, and what to write instead. What is refused before anything runs is answered with
422 `not-allowed`; what only shows as the program runs is an error of its cell, and the other cells run.
"""


def language_page() -> str:
    """The page as Markdown."""
    parts = [HEAD, "\n## Modules\n\nWhat may be imported, and what is in it.\n"]
    listed = {module: (*names, *UNDERSCORED.get(module, ())) for module, names in MODULES.items()}
    parts += [f"\n### {module}\n\n{_names(names)}\n" for module, names in listed.items() if names]
    parts.append(
        "\n## Builtins\n\n" + _names(sorted(_builtins())) + ", and all exceptions but those that end Python.\n"
    )
    parts.append("\n## Special methods\n\n" + _names(sorted(rules.METHODS)) + ".\n")
    parts.append(
        "\n## Left out\n\nWhat is public in these modules, or on any object, and no program gets; by reason.\n"
    )
    parts += [_left_out(module, rows) for module, rows in {**WITHHELD, "any object": HIDDEN}.items()]
    return "".join(parts)


def _builtins() -> set[str]:
    return {*BUILTIN_NAMES, "print", "id", "type", "vars", "getattr", "setattr", "hasattr", "delattr", "display"} - {
        "__import__"
    }


def _left_out(module: str, rows: Mapping[str, str]) -> str:
    topics: dict[str, list[str]] = {}
    for name, topic in rows.items():
        topics.setdefault(topic, []).append(name)
    lines = [f"- {topic}: {_names(sorted(names))}\n" for topic, names in sorted(topics.items())]
    return f"\n### Left out of {module}\n\n{''.join(lines)}".replace("`*`", "everything else")


def _names(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
