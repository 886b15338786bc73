import torch

x = torch.tensor(2.0, requires_grad=True)
h = x * 3
h.retain_grad()
(h**2).backward()
print(h.grad, x.grad)
