import torch

x = torch.tensor(3.0, requires_grad=True)
y = x**2
z = torch.sin(y)
z.backward()
print(f"{z:.4f} {x.grad:.4f}")
