import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x[0] ** 2 * x[1]
(gradient,) = torch.autograd.grad(y, x, create_graph=True)
rows = []
for i in range(2):
    (row,) = torch.autograd.grad(gradient[i], x, retain_graph=True)
    rows.append(row)
hessian = torch.stack(rows)
print(gradient, hessian)
