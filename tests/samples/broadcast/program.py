import torch

x = torch.tensor([1.0, 2.0, 3.0])
w = torch.tensor([2.0, 1.0], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
grid = x.unsqueeze(1) * w + b
grid.mean().backward()
print(grid.shape, w.grad, b.grad)
