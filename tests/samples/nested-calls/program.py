import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
torch.sum(torch.sin(x) * torch.exp(-x), dim=0).backward()
print(x.grad)
