import torch

x = torch.arange(6.0, requires_grad=True)
first, second, third = x.split(2)
a, b = torch.chunk(first * third, 2)
(a * b + second.sum()).sum().backward()
print(x.grad)
