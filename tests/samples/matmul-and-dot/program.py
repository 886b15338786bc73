import torch

A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
v = torch.tensor([0.5, -1.0], requires_grad=True)
u = A @ v
s = torch.dot(u, v)
M = torch.matmul(A, A.T)
(s + M.trace()).backward()
print(A.grad, v.grad, sep="\n")
