"""What random programs are made of: a row is a piece of text, with letters for the variables in it.

Left out are ``prod`` and ``cumprod``, whose gradients may differ in the last digit under a dispatch mode (decision 10).
"""

from __future__ import annotations


def each(pattern: str, words: str) -> tuple[str, ...]:
    """A row for each word, which takes the place of the ``%`` in the pattern."""
    return tuple(pattern.replace("%", word) for word in words.split())


MAKERS = (
    "torch.randn({shape}, {options})",
    "torch.randn({shape}, {options})",
    "torch.ones({shape}, {options})",
    "torch.full({shape}, -1.5, {options})",
    "torch.zeros({shape}, {options})",
    "torch.full({shape}, float('nan'), {options})",
)
INTEGER_MAKERS = ("torch.randint(0, 3, {shape}, {options})", "torch.ones({shape}, {options})")

UNARY = (
    *each("{a}.%()", "sin cos exp tanh sigmoid relu abs sqrt log neg square floor sign"),
    *each("{a}.%()", "reciprocal rsqrt atan erf log1p expm1 clone contiguous conj detach"),
    *each("{a}.%()", "float double bool isnan angle nan_to_num"),
    *each("F.%({a})", "gelu silu softplus leaky_relu elu logsigmoid dropout selu hardswish"),
    "{a}.clamp(-0.5, 0.5)",
    "{a}.softmax(-1)",
    "{a}.log_softmax(0)",
    "{a}.cumsum(0)",
    "{a} ** 2",
    "{a} ** 0.5",
    "2 ** {a}",
    "1 / {a}",
    "3 - {a}",
    "torch.zeros_like({a})",
    "torch.rand_like({a}) * {a}",
    "{a}.to(torch.bfloat16)",
    "{a}.type(torch.float64)",
    "torch.tensor({a}.sum().item())",
    "torch.view_as_real({a})",
    "torch.complex({a}, {a})",
    "F.layer_norm({a}, {a}.shape[-1:])",
    "F.normalize({a}, dim=-1)",
)
BINARY = (
    *each("{a} % {b}", "+ - * / * + @ ** % // < =="),
    *each("torch.%({a}, {b})", "maximum atan2 fmod hypot logaddexp outer kron dot mm"),
    "torch.where({a} > 0, {a}, {b})",
    "torch.where({a} > 0, {b}, torch.zeros_like({b}))",
    "torch.lerp({a}, {b}, 0.3)",
    "torch.addcmul({a}, {a}, {b}, value=0.5)",
    "torch.einsum('...i,...i->...', {a}, {b})",
    "torch.cat([{a}, {b}])",
    "torch.stack([{a}, {b}, {a}])",
    "torch.cdist({a}, {b})",
    "{a}.expand_as({b})",
    "{a}.masked_fill({b} > 0, 0.5)",
    "{a}[{b} > 0]",
    "{a} * {b}.detach()",
    "{a} * {b}.data",
    "F.mse_loss({a}, {b})",
    "F.cosine_similarity({a}, {b}, dim=-1)",
    "F.linear({a}, {b})",
    "torch.linalg.solve({a} + 3 * torch.eye(3), {b})",
    "torch.addmm({a}, {a}, {b})",
    "{a}.gather(-1, {b})",
    "{a}.index_select(0, {b})",
)
REDUCTIONS = (
    *each("{a}.%()", "sum sum mean mean max min norm std var median amax argmax"),
    "{a}.sum(0)",
    "{a}.sum(-1, keepdim=True)",
    "{a}.mean(-1)",
    "{a}.amax(-1)",
    "{a}.logsumexp(-1)",
    "{a}.norm(dim=-1)",
    "torch.linalg.norm({a})",
    "torch.linalg.det({a})",
    "torch.trace({a})",
    "F.cross_entropy({a}, torch.tensor([0, 1]))",
)
VIEWS = (
    *each("{a}%", "[0] [-1] [...,0] [None] [:,1:] [::2] [[0,0]] [:1]"),
    *each("{a}.%", "T mT reshape(-1) view(-1) flatten() unsqueeze(0) squeeze()"),
    "{a}.transpose(0, -1)",
    "{a}.expand(2, 3)",
    "{a}.expand(3, 3)",
    "{a}.permute(1, 0)",
    "{a}.narrow(0, 0, 1)",
    "{a}.diagonal()",
    "{a}.flip(0)",
    "{a}.roll(1)",
    "{a}.repeat(2, 1)",
    "{a}.tril()",
    "{a}.real",
    "{a}.view(3, 1)",
    "{a}.reshape(3, -1)",
    "{a}.detach()[0]",
    "{a}.select(0, 0)",
    "{a}.view_as({a})",
)
SEVERAL = (
    ("{a}.max(0)", 2),
    ("{a}.sort()", 2),
    ("{a}.unbind()", 2),
    ("{a}.split(1)", 3),
    ("{a}.chunk(2, -1)", 2),
    ("{a}.topk(1)", 2),
    ("torch.aminmax({a})", 2),
    ("torch.var_mean({a})", 2),
    ("torch.linalg.qr({a})", 2),
    ("torch.linalg.lu({a})", 3),
    ("torch.frexp({a})", 2),
    ("torch.unique({a}, return_counts=True)", 2),
)
IN_PLACE = (
    *each("{a}.%_()", "sin exp relu zero neg sigmoid sqrt detach requires_grad abs"),
    *each("{a}.%_({b})", "add mul sub div copy"),
    *each("{a} %= {b}", "+ * - /"),
    "{a}.add_(1)",
    "{a}.mul_(2)",
    "{a}.fill_(0.5)",
    "{a}.clamp_(-1, 1)",
    "{a}[0] = 2",
    "{a}[0] = {b}.sum()",
    "{a}[..., 0] *= 3",
    "{a}[{a} > 0] = 0.25",
    "{a}.masked_fill_({a} > 0, -1)",
    "{a}.t_()",
    "{a}.unsqueeze_(0)",
    "{a}.normal_()",
    "{a}.index_fill_(0, torch.tensor([0]), 1.5)",
    "{a}.view(-1).add_(1)",
    "{a}[:1].mul_({b})",
    "{a}.data.mul_(0.5)",
    "{a}.detach().add_(1)",
    "{a}.addcmul_({b}, {b})",
)
TO_SCALAR = (".sum()", ".sum()", ".mean()", ".square().sum()", ".abs().sum()", ".norm()")
COMPLEX_TO_SCALAR = (".abs().sum()", ".real.sum()", ".imag.square().sum()", ".sum()")
PASSES = (
    "{loss}.backward()",
    "{loss}.backward()",
    "{loss}.backward()",
    "{loss}.backward(retain_graph=True)",
    "{loss}.backward(create_graph=True)",
    "{loss}.backward(inputs=[{b}])",
    "{a}.backward(torch.ones_like({a}))",
    "{a}.backward({b})",
    "torch.autograd.backward([{loss}, {b}.sum()])",
    "t{t} = torch.autograd.grad({loss}, {b})[0]",
    "t{t} = torch.autograd.grad({loss}, [{b}, {a}], retain_graph=True)[0]",
    "t{t} = torch.autograd.grad({loss}, {b}, create_graph=True)[0]",
    "t{t} = torch.autograd.grad({loss}, {b}, create_graph=True)[0]",
    "t{t} = torch.autograd.grad({loss}, [{b}], allow_unused=True, materialize_grads=True)[0]",
    "t{t} = torch.autograd.grad({a}, {b}, torch.ones_like({a}), retain_graph=True)[0]",
    "print(torch.autograd.functional.jacobian(lambda x: (x * x).sin(), {a}))",
    "print(torch.func.grad(lambda x: (x * {b}).sum())({a}))",
    "{loss}.backward()\nprint({b}.grad)",
)
ON_LEAVES = (
    "{a}.grad = None",
    "{a}.grad.zero_()",
    "if {a}.grad is not None:\n    {a}.grad.zero_()",
    "if {a}.grad is not None:\n    {a}.grad *= 2",
    "{a}.grad = torch.ones_like({a})",
    "{a}.retain_grad()",
    "{a}.requires_grad_()",
    "{a}.requires_grad_(False)",
    "{a}.requires_grad = True",
    "{a}.data = {a}.data * 2",
    "{a}.data -= 0.1",
    "{a}.data.copy_({b})",
    "with torch.no_grad():\n    {a} -= 0.1 * {a}.grad",
    "with torch.no_grad():\n    {a}.copy_({b})",
    "with torch.no_grad():\n    {a}.mul_(0.9)",
    "{a}.register_hook(lambda g: g * 2)",
    "{a}.register_hook(lambda g: None)",
    "{a}.register_hook(print)",
    "{a}.register_post_accumulate_grad_hook(lambda p: p.grad.mul_(0.5))",
    "print({a}.grad)",
    "print({a}.is_leaf, {a}.requires_grad, {a}.grad_fn is None)",
)
_TWICE = "tuple(None if x is None else x * 2 for x in g)"
ON_NODES = (
    f"{{a}}.grad_fn.register_prehook(lambda g: {_TWICE})",
    f"{{a}}.grad_fn.register_hook(lambda g, _: {_TWICE})",
    f"{{a}}.register_hook(lambda _: {{b}}.grad_fn.register_prehook(lambda g: {_TWICE}) and None)",
    f"{{a}}.register_hook(lambda _: {{b}}.grad_fn.register_hook(lambda g, _: {_TWICE}) and None)",
    f"{{a}}.grad_fn.register_prehook(lambda _: {{b}}.grad_fn.register_prehook(lambda g: {_TWICE}) and None)",
    "{a}.register_hook(lambda _: {b}.register_hook(lambda g: g + 1) and None)",
    "{a}.register_hook(lambda g: g.mul_(2) and None)",
    "{a}.retain_grad()",
)
SHOWN = (
    "print({a})",
    "print({a}.shape, {a}.dtype)",
    "print({a}.sum())",
    "print({a}.tolist())",
    "print({a}.requires_grad, {a}.is_leaf)",
    "{a}",
    "print('x')",
)
TURNS = (
    "{a} = {a} * {b}",
    "{a} = {a}.sin() + 1",
    "{a} = {a} + {b}.detach()",
    "{a} += 1",
    "{a} = {a} * {a}",
    "{a} = {a} / 2; print({a}.sum())",
)
BLOCKS = (
    "with torch.no_grad():",
    "with torch.no_grad():",
    "with torch.enable_grad():",
    "with torch.set_grad_enabled(False):",
    "with torch.autocast('cpu', dtype=torch.bfloat16):",
    "with torch.autograd.graph.saved_tensors_hooks(pack, unpack):",
    "with torch.autograd.graph.save_on_cpu():",
    "if {a}.sum() > 0:",
    "if True:",
    "for i in range({n}):",
    "try:",
    "try:",
)
ZEROINGS = ("", "{o}.zero_grad(); ", "{m}.zero_grad(set_to_none=False); ")
MODULES = (
    ("nn.Linear(3, 2)", 3),
    ("nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))", 3),
    ("nn.Sequential(nn.Linear(3, 3, dtype=torch.float64), nn.ReLU(inplace=True))", 3),
    ("nn.BatchNorm1d(3)", 3),
    ("nn.LayerNorm(3)", 3),
    ("nn.Sequential(nn.Linear(1, 4), nn.Dropout(0.5), nn.PReLU())", 1),
    ("nn.GRU(3, 2, batch_first=True)", 3),
    ("nn.MultiheadAttention(3, 1)", 3),
    ("nn.Conv1d(2, 2, 2)", 3),
)
OPTIMIZERS = (
    "torch.optim.SGD({m}.parameters(), lr=0.1)",
    "torch.optim.SGD({m}.parameters(), lr=0.1, momentum=0.9, weight_decay=0.01)",
    "torch.optim.Adam({m}.parameters(), lr=0.1)",
    "torch.optim.AdamW({m}.parameters(), foreach=True)",
    "torch.optim.RMSprop({m}.parameters())",
    "torch.optim.Adagrad({m}.parameters())",
)

_FUNCTION = """\
class {name}(torch.autograd.Function):
    @staticmethod
    def forward(ctx, {arguments}):
        {forward}
    @staticmethod
    def backward(ctx, {gradients}):
        {backward}
"""


def _function(name: str, arguments: str, forward: str, gradients: str, backward: str) -> tuple[str, str]:
    ends = {"forward": forward, "backward": backward}
    indented = {end: text.replace("; ", "\n        ") for end, text in ends.items()}
    return name, _FUNCTION.format(name=name, arguments=arguments, gradients=gradients, **indented)


PACKING = """\
def pack(t):
    print('pack', tuple(t.shape))
    return t
def unpack(t):
    print('unpack', tuple(t.shape))
    return t
"""
CHECKPOINTED = (
    "{a}.sin().exp() * {b}",
    "F.dropout({a} * {b}, 0.5)",
    "({a} @ {b}).tanh()",
    "{a}.sum() * {b}.square()",
)

FUNCTIONS = (
    _function("Square", "x", "ctx.save_for_backward(x); return x * x", "g", "x, = ctx.saved_tensors; return 2 * g * x"),
    _function("Through", "x", "return x.round()", "g", "return g"),
    _function("Forget", "x", "return x * 2", "g", "return None"),
    _function("Write", "x", "x.mul_(2); ctx.mark_dirty(x); return x", "g", "return 2 * g"),
    _function("Same", "x", "return x.view_as(x)", "g", "return g.clone()"),
    _function(
        "Both",
        "x, y",
        "ctx.save_for_backward(x, y); return x * y, x + y",
        "g, h",
        "x, y = ctx.saved_tensors; return g * y + h, g * x + h",
    ),
    _function("Wrong", "x", "return x + 1", "g", "return g, g"),
    _function("Raise", "x", "return x + 1", "g", "raise ValueError('no derivative')"),
)
