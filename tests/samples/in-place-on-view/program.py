import torch

x = torch.ones(2, 2, requires_grad=True)
h = x * 3
h[0].mul_(2)
h[:, 1] += x[:, 0]
h.sum().backward()
print(h, x.grad)
