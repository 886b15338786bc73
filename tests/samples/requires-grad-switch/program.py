import torch

x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(5.0).requires_grad_()
w.requires_grad_(False)
y = w * x
y.backward()
print(x.grad, w.grad, w.requires_grad)
