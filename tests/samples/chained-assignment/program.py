import torch

a = b = torch.tensor(2.0, requires_grad=True)
c = d = a * b
e = c + d
e.backward()
print(a is b, c is d, a.grad, b.grad)
