import torch

x = torch.tensor(1.5, requires_grad=True)
y = x
while y < 20:
    y = y * x
y.backward()
print(y, x.grad)
