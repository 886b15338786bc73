import torch

x = torch.tensor([0.0, 1.0], requires_grad=True)
y = torch.where(x > 0, x.sqrt(), x)
y.sum().backward()
print(x.grad)
