"""Programs of every sort: the same output, leaves and gradients as in plain torch, the same graph as torchviz draws."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from plain_torch import run_plain
from sample_programs import trace
from test_oracle_gradients import content, same, tensors, value
from test_oracle_torchviz import drawing_passes, reached

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"

SEVERAL_OUTPUTS = [
    "a = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)\n" + each + ".backward()"
    for each in (
        "u, s, v = torch.linalg.svd(a)\ns.prod()",
        "e, q = torch.linalg.eigh(a)\n(e[0] * e[1])",
        "sign, log = torch.linalg.slogdet(a)\nlog",
        "q, r = torch.linalg.qr(a)\nr.sum()",
        "v, i = a.max(0)\nv.sum()",
        "v, i = a.min(0)\n(v * i).sum()",
        "v, i = a.sort(1)\nv[:, 0].sum()",
        "v, i = a.topk(1)\nv.sum()",
        "v, i = a.median(0)\nv.sum()",
        "v, i = a.kthvalue(1)\nv.sum()",
        "m, n = a.split(1)\n(m * n).sum()",
        "m, n = a.unbind()\n(m * n).sum()",
        "m, n = a.chunk(2, 1)\n(m + n.t()).sum()",
        "v, m = torch.var_mean(a)\n(v * m)",
        "v, i = a.cummax(0)\nv.sum()",
        "(a * a).sum()",
        "torch.stack([a, a]).prod()",
    )
]

KINDS = [
    "z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)\n(z * z.conj()).real.sum().backward()",
    "z = torch.tensor([1 + 2j, 3 - 1j], requires_grad=True)\n(z.abs() + z.imag).sum().backward()",
    "z = torch.tensor([1 + 2j], requires_grad=True)\ntorch.view_as_real(z * 1j).prod().backward()",
    "z = torch.tensor([1.0, 2.0], requires_grad=True)\ntorch.fft.rfft(z).abs().sum().backward()",
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\n(x.half() + x).sum().backward()",
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\n(x.bfloat16() * x.double()).sum().backward()",
    "x = torch.tensor([1.0, 2.0], dtype=torch.float16, requires_grad=True)\n(x * 3).sum().backward()",
    (
        "x = torch.ones(2, 2, requires_grad=True)\nwith torch.autocast('cpu', dtype=torch.bfloat16):\n"
        "    y = torch.ones(2, 2) @ x\ny.sum().backward()"
    ),
    "x = torch.empty(0, requires_grad=True)\n(x * 2).sum().backward()",
    (
        "x = torch.tensor([1.0, -2.0], requires_grad=True)\n"  # its gradient has no memory: zeros by definition
        "g, = torch.autograd.grad(x.abs().sum(), x, create_graph=True)\ng.sum().backward()"
    ),
    "x = torch.tensor(2.0, requires_grad=True)\n(x * torch.tensor([True, False])).sum().backward()",
    "x = torch.tensor([1.0, float('inf'), float('nan')], requires_grad=True)\n(x * 2).sum().backward()",
    "x = torch.tensor([0.0], requires_grad=True)\n(x / x).sum().backward()",
    (
        "m = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n"
        "s = torch.eye(2).to_sparse().requires_grad_()\ntorch.sparse.mm(s, m).sum().backward()"
    ),
    "m = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)\n(m.detach().to_sparse_csr() @ m).sum().backward()",
    "e = nn.Embedding(3, 2, sparse=True)\ne(torch.tensor([0, 2, 0])).sum().backward()",
    (
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "g = torch.func.grad(lambda v: (v ** 3).sum())(x)\ng.sum().backward()"
    ),
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\nk = torch.func.vmap(lambda t: t * 2)(x)\nk.sum().backward()",
    (
        "m = nn.Linear(2, 1)\nw = torch.ones(1, 2, requires_grad=True)\n"
        "torch.func.functional_call(m, {'weight': w}, torch.ones(2)).sum().backward()"
    ),
    "x = torch.tensor([1.0, 2.0], requires_grad=True)\nj = torch.func.jacrev(lambda v: v ** 2)(x)\nj.sum().backward()",
]

LEAVES = [
    "w = torch.tensor(2.0)\ny = w * 3\nw.requires_grad_()\n(w * y).backward()\nw.requires_grad_(False)\nk = w * 5",
    "w = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\nw.grad = None\n(w * 3).backward()",
    "w = torch.tensor(2.0, requires_grad=True)\nw.grad = torch.tensor(1.0)\n(w * 3).backward()",
    (
        "w = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\n"
        "with torch.no_grad():\n    w -= 0.1 * w.grad\n(w * w).backward()"
    ),
    "w = torch.tensor(2.0, requires_grad=True)\n(w * w).backward()\nw = w - 0.1 * w.grad\n(w * w).backward()",
    (
        "w = torch.tensor([3.0, 4.0], requires_grad=True)\nfor k in (1, 2):\n    (w * k).sum().backward()\n"
        "nn.utils.clip_grad_norm_([w], 1.0)\nnn.utils.clip_grad_value_([w], 0.5)"
    ),
    "m = nn.Linear(2, 1)\nm.weight.requires_grad_(False)\nm(torch.ones(1, 2)).sum().backward()",
    "m = nn.Linear(2, 1)\nm.weight = nn.Parameter(torch.ones(1, 2))\nm(torch.ones(1, 2)).sum().backward()",
    "w = torch.ones(2, requires_grad=True)\nh = w * 1\nh.retain_grad()\n(h * 3).sum().backward()\nh.grad.zero_()",
]

MODULES = [
    ("nn.Linear(4, 2)", "2, 4"),
    ("nn.Bilinear(4, 4, 2)", "2, 4|2, 4"),
    ("nn.Conv1d(2, 3, 2)", "1, 2, 4"),
    ("nn.Conv2d(1, 2, 2, padding=1)", "1, 1, 3, 3"),
    ("nn.ConvTranspose2d(1, 2, 2)", "1, 1, 3, 3"),
    ("nn.BatchNorm1d(4)", "3, 4"),
    ("nn.BatchNorm2d(2)", "2, 2, 2, 2"),
    ("nn.BatchNorm1d(4).eval()", "3, 4"),
    ("nn.InstanceNorm1d(2, affine=True)", "1, 2, 4"),
    ("nn.LayerNorm(4)", "2, 4"),
    ("nn.RMSNorm(4)", "2, 4"),
    ("nn.GroupNorm(2, 4)", "2, 4"),
    ("nn.Sequential(nn.Linear(4, 4), nn.Dropout(0.5), nn.PReLU())", "2, 4"),
    ("nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.Softmax(-1))", "2, 4"),
    ("nn.Sequential(nn.Conv2d(1, 1, 2), nn.MaxPool2d(2), nn.Flatten())", "1, 1, 3, 3"),
    ("nn.Sequential(nn.Conv1d(1, 1, 2), nn.AvgPool1d(2), nn.Upsample(4))", "1, 1, 5"),
    ("nn.RNN(2, 3)", "3, 1, 2"),
    ("nn.GRU(2, 3, num_layers=2)", "3, 1, 2"),
    ("nn.LSTM(2, 3, batch_first=True)", "1, 3, 2"),
    ("nn.LSTMCell(2, 3)", "1, 2"),
    ("nn.MultiheadAttention(4, 2)", "3, 1, 4|3, 1, 4|3, 1, 4"),
    ("nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True)", "1, 2, 4"),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, batch_first=True), 2)", "1, 2, 4"),
    ("nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval()", "1, 2, 4"),
]

LOSSES = (
    [
        f"p = torch.tensor([[0.2, 0.7], [0.6, 0.3]], requires_grad=True)\n{target}\nnn.{loss}.backward()"
        for target, losses in [
            (
                "t = torch.tensor([[0.0, 1.0], [1.0, 0.0]])",
                (
                    "MSELoss L1Loss SmoothL1Loss HuberLoss BCELoss BCEWithLogitsLoss KLDivLoss PoissonNLLLoss "
                    "SoftMarginLoss MultiLabelSoftMarginLoss HingeEmbeddingLoss CrossEntropyLoss"
                ),
            ),
            ("t = torch.tensor([1, 0])", "CrossEntropyLoss NLLLoss MultiMarginLoss"),
            ("t = torch.tensor([[1, -1], [0, -1]])", "MultiLabelMarginLoss"),
        ]
        for loss in (f"{name}()(p, t)" for name in losses.split())
    ]
    + [
        "p, q, t = (torch.rand(2, 3, requires_grad=True) for _ in range(3))\nnn." + each + ".backward()"
        for each in (
            "GaussianNLLLoss()(p, q, t.exp())",
            "TripletMarginLoss()(p, q, t)",
            "CosineEmbeddingLoss()(p, q, torch.ones(2))",
            "MarginRankingLoss()(p, q, torch.ones(2, 3))",
        )
    ]
    + [
        (
            "p = torch.randn(4, 1, 3).log_softmax(2).requires_grad_()\n"
            "nn.CTCLoss()(p, torch.tensor([[1, 2]]), torch.tensor([4]), torch.tensor([2])).backward()"
        )
    ]
)


def run_of_module(module: str, shapes: str) -> str:
    inputs = ", ".join(f"torch.randn({shape})" for shape in shapes.split("|"))
    return textwrap.dedent(f"""\
        m = {module}
        y = m({inputs})
        y = y[0] if isinstance(y, tuple) else y
        (y * y).sum().backward()
    """)


PROGRAMS = [*SEVERAL_OUTPUTS, *KINDS, *LEAVES, *LOSSES, *(run_of_module(*row) for row in MODULES)]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.replace("\n", "; ")[:90])
def test_a_program_is_shown_as_plain_torch_runs_it(program: str) -> None:
    with drawing_passes() as drawings:
        plain = run_plain(HEAD + program)
    assert plain.errors == []
    document = trace(HEAD + program)
    assert document["error"] is None
    assert_leaves_agree(document, plain.names)
    ours = [reached(document, each["roots"]) for each in document["passes"]]
    assert ours == drawings[-len(ours) :]  # a transform's own passes come first
    assert all(node["outputs"] for node in document["nodes"])
    assert all(edge["source"] < edge["target"] for edge in document["edges"])
    missing = [node["label"] for node in document["nodes"] if node["op"] and node["value"] is None]
    assert missing == []


def assert_leaves_agree(document: dict[str, Any], names: dict[str, Any]) -> None:
    """Each leaf that the program left behind has plain torch's value and gradient in the Document."""
    ours = [(value(document, leaf["value"]), value(document, leaf["grad"])) for leaf in document["leaves"]]
    for name, tensor in tensors(names):
        if not tensor.is_leaf or not tensor.requires_grad:
            continue
        plain = content(tensor), content(tensor.grad)
        found = any(same(held, plain[0]) and same(gradient, plain[1]) for held, gradient in ours)
        assert found, f"{name}: {plain} is none of {ours}"
