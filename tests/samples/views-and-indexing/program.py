import torch

x = torch.arange(12.0).reshape(3, 4).requires_grad_()
row = x[1]
corner = x[:2, 2:]
picked = x[[0, 2], [1, 3]]
masked = x[x > 6]
last = x[..., -1]
total = row.sum() + 2 * corner.sum() + 3 * picked.sum() + masked.sum() + last.prod()
total.backward()
print(x.grad)
