import torch

x = torch.tensor(1.0, requires_grad=True)
idle = torch.tensor(5.0, requires_grad=True)
(x * 2).backward()
print(x.grad, idle.grad)
