import torch

a = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
b = torch.tensor([3, 4], dtype=torch.int64)
c = (a * b).sum()
d = a.float().pow(2).sum()
(c + d).backward()
print(c.dtype, d.dtype, a.grad)
