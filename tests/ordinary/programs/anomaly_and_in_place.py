import torch
from torch import autograd


class MyFunc(autograd.Function):
    @staticmethod
    def forward(ctx, inp):
        return inp.clone()

    @staticmethod
    def backward(ctx, gO):
        raise RuntimeError("Some error in backward")


def run_fn(a):
    out = MyFunc.apply(a)
    return out.sum()


inp = torch.rand(3, requires_grad=True)
out = run_fn(inp)
try:
    out.backward()
except RuntimeError as e:
    print(e)
with autograd.set_detect_anomaly(False):
    run_fn(inp)
a = torch.randn(3, requires_grad=True)
b = a.exp()
c = b * 2
b.add_(1)
try:
    c.sum().backward()
    b.sum().backward()
except RuntimeError as e:
    print(str(e)[:75])
torch.set_anomaly_enabled(False)
with torch.inference_mode():
    print((a * 2).is_inference())
torch.set_grad_enabled(False)
print((a * 2).requires_grad)
torch.set_grad_enabled(True)
