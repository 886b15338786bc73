"""A custom Function that gives None for one of its inputs: the engine comes to that leaf, and brings nothing."""

import torch


class ScaleByConstant(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor):
        ctx.save_for_backward(factor)
        return x * factor

    @staticmethod
    def backward(ctx, grad_output):
        (factor,) = ctx.saved_tensors
        return grad_output * factor, None


x = torch.tensor(3.0, requires_grad=True)
factor = torch.tensor(2.0, requires_grad=True)
y = ScaleByConstant.apply(x, factor)
y.backward()
