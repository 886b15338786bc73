"""Specimens: one of each kind of object that a program comes by as it goes, beside what its modules hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from backlight.model.program import Namespace
from backlight.model.request import TraceRequest
from backlight.pipeline import trace_document
from backlight.settings import Settings

PROGRAM = """
import torch, torch.nn as nn, torch.nn.functional as F, math, random, re, copy, time, warnings, decimal, functools
import collections, contextlib, dataclasses, enum, fractions, itertools, statistics, types, typing, operator, string
import csv, datetime, io, pathlib, traceback, unicodedata
import numpy as np
from torch.utils.data import DataLoader, TensorDataset, random_split
from torch.utils.checkpoint import checkpoint

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        seen["ctx in forward"] = ctx
        return x ** 3
    @staticmethod
    def backward(ctx, g):
        seen["ctx in backward"] = ctx
        (x,) = ctx.saved_tensors
        return g * 3 * x * x

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(2, 2)
    def forward(self, x):
        return self.layer(x)

class Kept:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        seen["kind"], seen["error in exit"], seen["trace"] = kind, error, trace
        return True

@dataclasses.dataclass
class Point:
    x: float = 0.0

class Colour(enum.Enum):
    RED = 1

def counting():
    yield 1

x = torch.ones(2, requires_grad=True)
y = Cube.apply(x).sum()
seen["handle"] = x.register_hook(lambda g: seen.update({"gradient": g}))
seen["node"], seen["leaf's node"] = y.grad_fn, (x * 2).grad_fn.next_functions[0][0]
seen["node's handle"] = y.grad_fn.register_hook(lambda i, o: seen.update({"node hook": (i, o)}))
y.backward()
net, optimizer = Net(), None
optimizer = torch.optim.Adam(net.parameters())
seen["module's handle"] = net.register_forward_hook(lambda m, i, o: seen.update({"module hook": (m, i, o)}))
net(torch.ones(1, 2)).sum().backward()
optimizer.step()
seen.update(net=net, optimizer=optimizer, state=net.state_dict(), optimizer_state=optimizer.state_dict())
seen["scheduler"] = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5)
seen["tensor"], seen["other tensor"], seen["parameter"] = x, torch.arange(6).reshape(2, 3), nn.Parameter(torch.ones(2))
seen["sparse"], seen["complex"] = torch.eye(2).to_sparse(), torch.ones(2, dtype=torch.complex64)
seen["loader"] = DataLoader(TensorDataset(torch.arange(4.0)), batch_size=2)
seen["loader's iterator"] = iter(seen["loader"])
seen["batch"] = next(seen["loader's iterator"])
seen["split"] = random_split(TensorDataset(torch.arange(4.0)), [2, 2])
seen["normal"] = torch.distributions.Normal(0.0, 1.0)
seen["mixed"] = torch.distributions.kl_divergence
seen["packed"] = nn.utils.rnn.pack_sequence([torch.ones(2)])
seen["lstm"], seen["attention"] = nn.LSTM(2, 2), nn.MultiheadAttention(2, 1)
seen["parametrized"] = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
seen["saved hooks"] = torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t)
seen["no_grad"], seen["autocast"] = torch.no_grad(), torch.autocast("cpu", enabled=False)
seen["generator"], seen["random"] = torch.Generator(), random.Random(0)
seen["checkpointed"] = checkpoint(torch.sin, x, use_reentrant=False)
seen["svd"], seen["max"] = torch.linalg.svd(torch.eye(2)), torch.eye(2).max(0)
seen["finfo"] = torch.finfo(torch.float32)
seen["device"], seen["dtype"], seen["size"] = x.device, x.dtype, x.shape
seen["array"], seen["scalar"], seen["rng"] = np.ones(2), np.float64(1), np.random.default_rng(0)
seen["structured"] = np.zeros(2, dtype=[("a", "f4")])
seen["vectorized"], seen["polynomial"] = np.vectorize(abs), np.poly1d([1, 2])
seen["match"], seen["pattern"] = re.match("(?P<a>a)", "a"), re.compile("a")
seen["counting"], seen["partial"] = counting(), functools.partial(max, 1)
seen["cached"], seen["property"] = functools.lru_cache(abs), property(lambda self: 1)
seen["point"], seen["colour"], seen["pair"] = Point(), Colour.RED, collections.namedtuple("Pair", "a b")(1, 2)
seen["classes"] = (Point, Colour, Net, Cube, Kept)
seen["function"], seen["method"], seen["lambda"] = counting, net.forward, lambda: 0
seen["stack"], seen["context"] = contextlib.ExitStack(), contextlib.nullcontext()
seen["managed"] = contextlib.contextmanager(counting)()
seen["namespace"], seen["decimal"], seen["context of decimals"] = (
    types.SimpleNamespace(a=1), decimal.Decimal(1), decimal.getcontext())
seen["fraction"], seen["distribution"] = fractions.Fraction(1), statistics.NormalDist()
seen["var"], seen["alias"] = typing.TypeVar("T"), typing.Optional[int]
seen["views"] = ({}.keys(), {}.values(), {}.items(), iter([]), iter({}), reversed([]), enumerate([]), zip())
seen["frozen"], seen["slice"], seen["range"], seen["bytes"] = frozenset(), slice(1), range(2), bytearray(b"a")
seen["moment"], seen["day"], seen["hour"] = datetime.datetime.now(), datetime.date.today(), datetime.time(1)
seen["span"], seen["zone"], seen["parts of a time"] = datetime.timedelta(1), datetime.timezone.utc, time.gmtime()
seen["text in memory"], seen["bytes in memory"] = io.StringIO("a"), io.BytesIO(b"a")
seen["path"], seen["pure path"], seen["template"] = pathlib.Path("a/b.c"), pathlib.PurePath("a"), string.Template("$a")
seen["dispatching"], seen["getter"] = functools.singledispatch(counting), operator.attrgetter("a", "b")
seen["rows"], seen["row"] = csv.reader(io.StringIO("a")), csv.DictReader(io.StringIO("a\\nb"))
seen["row writer"] = csv.writer(io.StringIO())
seen["caller"] = operator.methodcaller("a")
class Dispatching:
    of = functools.singledispatchmethod(lambda self, x: x)
seen["dispatching method"] = Dispatching().of
class Deriving(io.StringIO): pass
class Going(pathlib.Path): pass
seen["derived"] = (Deriving(), Going("a"))
with warnings.catch_warnings(record=True) as seen["log"]:
    warnings.simplefilter("always")
    warnings.warn("told")
def failing():
    yield lambda: torch.nothing
    yield lambda: x.nothing
    yield lambda: np.nothing
    yield lambda: nothing
    yield lambda: 1 / 0
    yield lambda: {}["a"]
    yield lambda: next(iter([]))
    yield lambda: torch.ones(2) @ torch.ones(3)
    yield lambda: net(torch.ones(3))
    yield lambda: int("a")
    yield lambda: b"\\xff".decode()
    yield lambda: "\\ud800".encode()
    yield lambda: np.linalg.inv(np.zeros((2, 2)))
    yield lambda: torch.linalg.inv(torch.zeros(2, 2))
    yield lambda: F.nll_loss
    yield lambda: getattr(torch, "load")
    yield lambda: next(iter(DataLoader([object()])))
    yield lambda: getattr(net, "nothing")
    yield lambda: copy.deepcopy(y)
    yield lambda: torch.zeros(10 ** 15)
    yield lambda: re.compile("(")
    yield lambda: Colour(3)
for number, fail in enumerate(failing()):
    try:
        fail()
    except Exception as error:
        seen[f"error {number}"] = error
        seen[f"report {number}"] = traceback.format_exception(error)
with Kept():
    raise ValueError("a")
look()
"""


def collect(namespace: Namespace, look: Callable[[dict[str, Any]], None]) -> None:
    """Runs the program with what it sees, recorded as any other, and calls ``look`` at its end, while it still runs."""
    seen: dict[str, Any] = {}
    builtins = {**namespace.builtins, "seen": seen, "look": lambda: look(seen)}
    document = trace_document(TraceRequest(source=PROGRAM), Settings(), replace(namespace, builtins=builtins))
    assert document.error is None, document.error
