import torch

w = torch.tensor(0.5, requires_grad=True)
u = torch.tensor(2.0, requires_grad=True)


def bend(a):
    return torch.sin(a) * torch.cos(a)


many = u + u**2 + torch.exp(u) + torch.log(u) + u * 3
loss = bend(w) + w + many
loss.backward()
