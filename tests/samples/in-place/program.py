import torch

x = torch.tensor([1.0, -2.0, 3.0], requires_grad=True)
h = x * 2
h.add_(1)
h.clamp_min_(0)
h[0] = 10.0
y = (h * h).sum()
y.backward()
print(h, x.grad)
