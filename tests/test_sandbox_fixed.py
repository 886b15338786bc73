"""What is lent to programs is fixed: no library's method writes to its classes, and what else is written to is seen."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
import torch

from backlight.model.request import TraceRequest
from backlight.sandbox.fixed import IMMUTABLE, Fixed, find_flags
from backlight.sandbox.lasting import classes_of, find_lasting, read_only
from backlight.sandbox.once import Runner


def test_the_flags_of_a_class_are_found() -> None:
    assert find_flags() % 8 == 0


class Shared:
    """A class as a library may have it."""

    table = {"a": 1}  # noqa: RUF012
    rows = [1]  # noqa: RUF012


def test_a_class_is_fixed_but_while_it_is_open() -> None:
    fixed, kind = Fixed(for_good=False), type("Kind", (), {})
    open_at_first = fixed.opened([kind])
    with open_at_first:
        kind.a = 1  # type: ignore[attr-defined]
    fixed.fix([kind, int])
    with pytest.raises(TypeError, match="immutable"):
        kind.a = 2  # type: ignore[attr-defined]
    with fixed.opened([kind]):
        kind.a = 3  # type: ignore[attr-defined]
        with fixed.closed(), pytest.raises(TypeError, match="immutable"):
            kind.a = 4  # type: ignore[attr-defined]
        kind.b = 5  # type: ignore[attr-defined]
    assert kind.__flags__ & IMMUTABLE
    assert (kind.a, kind.b) == (3, 5)  # type: ignore[attr-defined]
    assert type("Derived", (kind,), {}).__flags__ & IMMUTABLE == 0


def test_what_lasts_is_found_and_a_change_of_it_is_seen() -> None:
    module, held = ModuleType("library"), Shared()
    held.inner = {"b": [2]}  # type: ignore[attr-defined]
    module.__dict__.update(Shared=Shared, held=held, function=find_lasting)
    lasting = find_lasting([module])
    assert Shared in lasting.classes
    assert held in lasting.objects
    before = lasting.state()
    assert before == lasting.state()
    for change, undo in (
        (lambda: held.__dict__.update(training=True), lambda: held.__dict__.pop("training")),
        (lambda: Shared.rows.append(2), Shared.rows.pop),
        (lambda: held.inner["b"].append(3), held.inner["b"].pop),  # type: ignore[attr-defined]
        (lambda: held.inner.update(b=3), lambda: None),  # type: ignore[attr-defined]
    ):
        change()
        assert lasting.state() != before
        undo()
    assert Shared in classes_of([module], [])


def test_tables_of_a_class_can_be_read_alone() -> None:
    kind: Any = type("Kind", (), {"table": {"a": 1}, "_own": {}})
    read_only([kind])
    with pytest.raises(TypeError):
        kind.table["a"] = 2
    assert kind.table | {"b": 2} == {"a": 1, "b": 2}
    kind._own["a"] = 1


CHANGES = {
    "lazy": "m = nn.Sequential(nn.LazyLinear(2), nn.LazyBatchNorm1d(), nn.LazyLinear(1))\nm(torch.ones(2, 3)).sum()"
    ".backward()\nprint(m)",
    "uninitialized": "p = nn.UninitializedParameter()\np.materialize((2,))\nprint(type(p).__name__)",
    "parametrize": "from torch.nn.utils import parametrize\nclass S(nn.Module):\n    def forward(self, x):\n"
    "        return x + x.T\nm = nn.Linear(2, 2)\nparametrize.register_parametrization(m, 'weight', S())\n"
    "copy.deepcopy(m)\nm.training = False\nprint(m, m(torch.ones(2)).shape)\n"
    "parametrize.remove_parametrizations(m, 'weight')\nprint(m)",
    "norms": "from torch.nn.utils.parametrizations import orthogonal, spectral_norm, weight_norm\n"
    "print(weight_norm(nn.Linear(2, 2)), spectral_norm(nn.Linear(2, 2)), orthogonal(nn.Linear(2, 2)))",
    "validation": "torch.distributions.Distribution.set_default_validate_args(False)\n"
    "print(torch.distributions.Normal(0.0, -1.0))",
    "optimizers": "for name in ('SGD', 'Adam', 'AdamW', 'RMSprop', 'Adagrad', 'LBFGS', 'NAdam', 'Rprop'):\n"
    "    w = nn.Parameter(torch.ones(2))\n    o = getattr(torch.optim, name)([w], lr=0.1)\n"
    "    def closure():\n        o.zero_grad()\n        loss = (w * w).sum()\n        loss.backward()\n"
    "        return loss\n    o.step(closure)\n    print(name, w.tolist()[0] < 1)",
    "own optimizer": "class Mine(torch.optim.Optimizer):\n    def __init__(self, p):\n        super().__init__(p, {})\n"
    "    def step(self, closure=None):\n        pass\nMine([nn.Parameter(torch.ones(1))]).step()\n"
    "Mine.extra = 1\nprint(1)",
    "named bases": "class A(nn.Linear):\n    def __init__(self):\n        nn.Linear.__init__(self, 2, 2)\n"
    "    def train(self, mode=True):\n        return nn.Module.train(self, mode)\nprint(A().eval().training)\n"
    "print(torch.Tensor.add(torch.ones(1), 1), nn.Module.state_dict(A()).keys())",
    "checkpoint": "from torch.utils.checkpoint import checkpoint\nx = torch.ones(2, requires_grad=True)\n"
    "checkpoint(torch.sin, x, use_reentrant=False).sum().backward()\nprint(x.grad)",
    "lobpcg": "print(torch.lobpcg(torch.diag(torch.arange(1.0, 10.0)), k=1)[0].round())",
    "flags": "import enum\nclass F(enum.Flag):\n    A = 1\n    B = 2\nprint(F.A | F.B)",
    "constraints": "class N(torch.distributions.Normal):\n    arg_constraints = {**torch.distributions.Normal"
    ".arg_constraints}\nprint(N(0.0, 1.0), N.arg_constraints)",
}


@pytest.mark.parametrize("source", CHANGES.values(), ids=CHANGES)
def test_torch_changes_of_its_classes_what_it_must(product: Runner, source: str) -> None:
    document = json.loads(
        product.run(TraceRequest(source=f"import copy\nimport torch\nfrom torch import nn\n{source}"))
    )
    assert document["error"] is None
    assert document["cells"][0]["output"]


def test_the_recorder_itself_changes_classes_of_torch_outside_of_the_run_alone(product: Runner) -> None:
    """Nothing that it replaces for the length of a recording can be replaced again in there."""
    source = (
        "import torch\nfor kind in torch.Tensor, torch.nn.Module, torch.optim.Optimizer, torch.autograd.Function:\n"
    )
    source += "    try: torch.nn.Module.train(kind)\n    except TypeError as error: print(error)"
    output = json.loads(product.run(TraceRequest(source=source)))["cells"][0]["output"]
    assert output.count("immutable") == 4
    assert torch.Tensor.__flags__ & IMMUTABLE == 0
