import torch

x = torch.tensor(2.0, requires_grad=True)
with torch.no_grad():
    y = x**2
    print(y.requires_grad)


@torch.no_grad()
def scaled(t):
    return t * 3


z = y * x + scaled(x)
z.backward()
print(x.grad)
