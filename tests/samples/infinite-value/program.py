import torch

x = torch.tensor([0.0, 1.0, -1.0], requires_grad=True)
y = torch.log(x)
z = 1 / x
(y + z).sum().backward()
print(y, z, x.grad)
