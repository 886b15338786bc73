"""What a program sees: its modules and builtins, from inside a sandboxed process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pytest

from backlight.language import MODULES, UNDERSCORED, WITHHELD
from backlight.model.program import BIND, ENTER
from backlight.model.request import TraceRequest
from backlight.sandbox.facade import build_namespace
from backlight.sandbox.once import Runner
from programs import parse


def builtins_of_programs() -> Mapping[str, Any]:
    return build_namespace().builtins


def see(sandbox: Runner, program: str) -> object:
    return json.loads(sandbox.run(TraceRequest(source="see " + program)))


def test_every_importable_module_is_there_and_hangs_on_its_parent() -> None:
    modules = build_namespace().modules
    assert list(modules) == list(MODULES)
    for name, module in modules.items():
        parent, _, last = name.rpartition(".")
        assert module.__name__ == name
        assert not parent or getattr(modules[parent], last) is module


def test_no_real_module_and_no_private_name_is_in_a_facade() -> None:
    modules = build_namespace().modules
    facades = {id(each) for each in modules.values()}
    for name, module in modules.items():
        for each, value in vars(module).items():
            assert not isinstance(value, ModuleType) or id(value) in facades, f"{name}.{each}"
            assert not each.startswith("_") or each in {
                *UNDERSCORED.get(name, ()),
                "__name__",
                "__all__",
                "__version__",
                "__doc__",
                "__package__",
                "__loader__",
                "__spec__",
                "__getattr__",
            }


def test_what_is_withheld_is_not_there() -> None:
    for name, module in build_namespace().modules.items():
        assert not WITHHELD.get(name, {}).keys() & vars(module).keys()


def test_a_withheld_name_is_told_from_an_unknown_one() -> None:
    facade = build_namespace().modules["torch"]
    with pytest.raises(AttributeError, match=r"`torch\.load` is not available: a program here has no files"):
        facade.load  # noqa: B018
    with pytest.raises(AttributeError, match=r"'sofmax'\. Did you mean: 'softmax'"):
        facade.sofmax  # noqa: B018


@pytest.mark.parametrize(
    "name", ["open", "exec", "eval", "compile", "input", "globals", "locals", "dir", "breakpoint", "print"]
)
def test_dangerous_builtins_are_not_there(name: str) -> None:
    assert name not in builtins_of_programs()


@pytest.mark.parametrize("name", ["__class__", "_private", "gi_code", "obj", "data_ptr"])
def test_attribute_access_by_name_stops_at_private_ones(name: str) -> None:
    builtins = builtins_of_programs()

    class Thing:
        gi_code = obj = data_ptr = _private = 1

    for access in ("getattr", "delattr"):
        with pytest.raises(AttributeError, match="not available"):
            builtins[access](Thing(), name)
    with pytest.raises(AttributeError, match="not available"):
        builtins["setattr"](Thing(), name, 2)
    assert builtins["hasattr"](Thing(), name) is False


def test_attribute_access_by_name_takes_only_a_true_string() -> None:
    class Sly(str):
        __slots__ = ()

        def startswith(self, *_: object) -> bool:
            return False

    with pytest.raises(TypeError):
        builtins_of_programs()["getattr"](object(), Sly("__class__"))


def test_public_attributes_are_reached_by_name() -> None:
    builtins = builtins_of_programs()

    class Thing:
        size = 3

    thing = Thing()
    builtins["setattr"](thing, "size", 4)
    assert builtins["getattr"](thing, "size") == 4
    builtins["delattr"](thing, "size")
    assert builtins["getattr"](thing, "size") == 3
    assert builtins["getattr"](thing, "colour", None) is None
    assert builtins["hasattr"](thing, "size") is True


def test_type_asks_and_makes_no_class() -> None:
    kind = builtins_of_programs()["type"]
    assert kind(3) is int
    assert kind(int) is kind
    assert isinstance(int, kind)
    assert not isinstance(3, kind)
    with pytest.raises(TypeError):
        kind("Made", (), {})


PROGRAMS = {
    "classes": """
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(2, 1)
    def forward(self, x):
        return self.layer(x)
net = Net()
net(torch.ones(3, 2)).sum().backward()
result = net.layer.weight.grad.tolist() == [[3.0, 3.0]]
""",
    "imports inside torch": """
x = torch.tensor([[1.0, 2.0]], requires_grad=True)
result = str(x).startswith("tensor(")
""",
    "optimizers": """
torch.manual_seed(0)
w = torch.nn.Parameter(torch.ones(2))
for make in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW, torch.optim.RMSprop, torch.optim.Adagrad):
    optimizer = make([w], lr=0.1)
    optimizer.zero_grad()
    (w ** 2).sum().backward()
    optimizer.step()
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1)
scheduler.step()
result = w.grad is not None
""",
    "checkpoint": """
x = torch.ones(3, requires_grad=True)
torch.utils.checkpoint.checkpoint(lambda y: y.sin().exp(), x, use_reentrant=False).sum().backward()
result = x.grad is not None
""",
    "functional": """
f = lambda x: (x ** 3).sum()
x = torch.tensor([1.0, 2.0])
first = torch.func.grad(f)(x).tolist() == [3.0, 12.0]
second = torch.autograd.functional.hessian(f, x).tolist() == [[6.0, 0.0], [0.0, 12.0]]
third = torch.func.vmap(torch.func.jacrev(torch.sin))(x).shape == (2,)
result = first and second and third
""",
    "layers": """
x = torch.rand(2, 3, 8)
torch.nn.LSTM(8, 4)(x); torch.nn.GRU(8, 4)(x); torch.nn.MultiheadAttention(8, 2)(x, x, x)
torch.nn.TransformerEncoderLayer(8, 2, 16)(x); torch.nn.BatchNorm1d(3)(x); torch.nn.Conv1d(3, 2, 3)(x)
torch.nn.LayerNorm(8)(x); torch.nn.Dropout(0.5)(x); torch.nn.Embedding(5, 2)(torch.tensor([1]))
torch.nn.utils.clip_grad_norm_([torch.nn.Parameter(torch.ones(1))], 1.0)
result = torch.einsum("bij,bkj->bik", x, x).shape == (2, 3, 3)
""",
    "distributions": """
normal = torch.distributions.Normal(torch.tensor(0.0, requires_grad=True), 1.0)
normal.rsample().backward()
result = normal.log_prob(torch.tensor(0.0)).item() < 0
""",
    "dataclasses and enums": """
@dataclasses.dataclass
class Point:
    x: float
    y: float = 2.0
class Colour(enum.Enum):
    RED = 1
Pair = collections.namedtuple("Pair", "a b")
result = Point(1.0) == Point(1.0, 2.0) and Colour.RED.value == 1 and Pair(1, 2).b == 2
""",
    "numpy": """
array = numpy.array([1.0, 2.0])
result = torch.tensor(array).tolist() == [1.0, 2.0] and numpy.random.rand(2).shape == (2,)
result = result and bool(numpy.linalg.norm(array) > 2)
""",
    "linear algebra": """
a = torch.eye(3, dtype=torch.float64, requires_grad=True)
torch.linalg.svd(a + 1).S.sum().backward()
torch.linalg.inv(a + torch.ones(3, 3) * 0.1); torch.fft.fft(a); torch.special.erf(a)
result = a.grad.shape == (3, 3)
""",
    "default device": """
torch.set_default_device("cpu"); torch.set_default_device(torch.device("cpu")); torch.set_default_device(None)
try:
    torch.set_default_device("cuda:0")
except RuntimeError as error:
    result = "no GPU" in str(error)
""",
    "device": """
device = "cuda" if torch.cuda.is_available() else "cpu"
result = torch.ones(1).to(device).device.type == "cpu"
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_programs_as_people_write_them_run_under_confinement(sandbox: Runner, program: str) -> None:
    assert see(sandbox, program) is True


def run_steady(sandbox: Runner, expression: str) -> object:
    return see(sandbox, f"result = {expression}")


def test_clocks_count_their_readings(sandbox: Runner) -> None:
    read = "[time.time(), time.perf_counter(), time.sleep(2), time.monotonic_ns()]"
    assert run_steady(sandbox, read) == [0.001, 0.002, None, 2_003_000_000]


@pytest.mark.parametrize("name", ["time", "monotonic_ns", "sleep"])
def test_each_clock_is_known_by_its_own_name(sandbox: Runner, name: str) -> None:
    program = f"""
try:
    time.{name}(1, 2)
except TypeError as error:
    result = str(error)
"""
    assert str(see(sandbox, program)).startswith(f"{name}() takes ")


def test_ids_are_ordinals(sandbox: Runner) -> None:
    assert run_steady(sandbox, "[id(torch), id(math), id(torch)]") == [0x1000, 0x1010, 0x1000]


def test_fresh_entropy_is_the_runs(sandbox: Runner) -> None:
    drawn = "[random.Random().random(), float(numpy.random.default_rng().random()), torch.seed()]"
    first = run_steady(sandbox, drawn)
    assert first == run_steady(sandbox, drawn)
    assert run_steady(sandbox, "random.Random().random() == random.Random().random()") is False


FORMATS = {
    "'{} {:.2f} {name}'.format(1, 2.0, name='n')": "1 2.00 n",
    "str.format('{0[a]}', {'a': 1})": "1",
    "'{x}'.format_map({'x': 1})": "1",
    "getattr('{}', 'format')(1)": "1",
    "'{:{width}}|'.format('a', width=3)": "a  |",
    "'{0.real}'.format(2)": "2",
}


@pytest.mark.parametrize("expression", FORMATS)
def test_strings_are_formatted_as_in_python(expression: str) -> None:
    assert evaluate(expression) == FORMATS[expression]


@pytest.mark.parametrize(
    "expression",
    [
        "(lambda text: text.format(1))('{0.__class__}')",
        "getattr('{0.__class__}', 'format')(1)",
        "(lambda text: text.format('', w=1))('{0:{w.__class__}}')",
        "str.format(*('{0.__class__}', 1))",
        "(lambda text: text.format_map({'x': 1}))('{x._y}')",
        "(lambda text: text.format(1))('{0.gi_frame}')",
    ],
)
def test_a_format_string_reaches_no_private_attribute(expression: str) -> None:
    with pytest.raises(AttributeError, match="not available"):
        evaluate(expression)


def evaluate(expression: str) -> object:
    """What an expression gives in a program."""
    namespace = build_namespace()
    (cell,) = parse(f"result = {expression}").cells
    names: dict[str, Any] = {"__builtins__": dict(namespace.builtins), "__name__": "__main__", **namespace.guards}
    exec(cell.code, names | {BIND: lambda value, _site: value, ENTER: lambda: True}, found := {})
    return found["result"]


@pytest.mark.parametrize("name", ["getattr", "setattr", "hasattr", "delattr"])
def test_errors_call_a_builtin_by_its_own_name(name: str) -> None:
    with pytest.raises(TypeError, match=rf"^{name}\(\) missing"):
        evaluate(f"{name}()")
