import torch

x = torch.tensor([-2.0, -0.5, 0.5, 2.0], requires_grad=True)
y = torch.clamp(x, min=-1.0, max=1.0)
z = torch.relu(x) + torch.sigmoid(x) + torch.exp(x) - torch.log(x.abs())
w = torch.sqrt(x * x + 1) / (1 + x**2)
(y.sin() * z.cos() + w.tanh() - x.neg()).sum().backward()
print(x.grad)
