import torch

X = torch.arange(6.0).reshape(2, 3).requires_grad_()
row = X.mean(dim=1, keepdim=True)
column = X.sum(dim=0)
spread = ((X - row) ** 2).mean().sqrt()
(spread + column.prod() + X.norm() + X.std()).backward()
print(X.grad)
