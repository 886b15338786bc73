import torch

a = torch.tensor(0.5, requires_grad=True)
b = torch.exp(a)
left = b * 2
right = torch.log(b)
meet = left * right
meet.backward()
a.grad
