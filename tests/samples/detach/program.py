import torch

x = torch.tensor(2.0, requires_grad=True)
y = x**2
z = y.detach() * x + y.detach().clone()
z.backward()
print(z.item(), x.grad, y.detach().requires_grad)
