import torch

x = torch.tensor([3.0, 4.0], requires_grad=True)


def clip(gradient):
    return gradient / gradient.norm()


x.register_hook(clip)
h = x * 2
h.register_hook(lambda gradient: gradient * 10)
h.retain_grad()
(h**2).sum().backward()
print(h.grad, x.grad)
