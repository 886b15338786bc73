import torch

x = torch.tensor(2.0, requires_grad=True)
if (y := x**3) > 5:
    z = (w := y * 2) + w
    z.backward()
print(y.item(), x.grad)
