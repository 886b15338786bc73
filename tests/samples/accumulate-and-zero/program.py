import torch

x = torch.tensor(3.0, requires_grad=True)
for _ in range(2):
    y = x**2
    y.backward()
    print(x.grad)
x.grad.zero_()
print(x.grad)
(x**2).backward()
x.grad = None
print(x.grad)
