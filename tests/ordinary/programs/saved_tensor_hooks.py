import torch


class SelfDeletingTempFile():
    def __init__(self):
        self.name = "unused"


def pack_hook(tensor):
    print("Packing", tensor.shape, tensor.grad_fn is not None)
    return tensor.clone()


def unpack_hook(packed):
    print("Unpacking", packed.shape)
    return packed


x = torch.randn(5, requires_grad=True)
y = x.pow(2)
print(x.equal(y.grad_fn._saved_self))
print(y.grad_fn._saved_exponent)
with torch.autograd.graph.saved_tensors_hooks(pack_hook, unpack_hook):
    z = x ** 2
z.sum().backward()
with torch.autograd.graph.save_on_cpu():
    (x.sin() * x).sum().backward()
print(x.grad.shape)


class Exp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, i):
        result = i.exp()
        ctx.save_for_backward(result)
        ctx.mark_non_differentiable()
        ctx.extra = 3
        return result

    @staticmethod
    def backward(ctx, grad_output):
        result, = ctx.saved_tensors
        assert ctx.needs_input_grad[0] and ctx.extra == 3
        return grad_output * result


print(torch.autograd.gradcheck(Exp.apply, torch.randn(2, dtype=torch.double, requires_grad=True)))
