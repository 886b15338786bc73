import torch

(a, b), *rest = (torch.tensor(2.0, requires_grad=True), torch.tensor(3.0, requires_grad=True)), 4.0, 5.0
a, b = b, a
p, q = a * rest[0], b * rest[1]
(p - q).backward()
print(a.grad, b.grad)
