import torch

a = torch.tensor([2., 3.], requires_grad=True)
b = torch.tensor([6., 4.], requires_grad=True)
Q = 3 * a**3 - b**2
external_grad = torch.tensor([1., 1.])
Q.backward(gradient=external_grad)
print(9 * a**2 == a.grad)
print(-2 * b == b.grad)
x = torch.rand(5, 5)
y = torch.rand(5, 5)
z = torch.rand((5, 5), requires_grad=True)
print(f"Does `a` require gradients? : {(x + y).requires_grad}")
print(f"Does `b` require gradients?: {(x + z).requires_grad}")
from torch import nn, optim
model = nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2))
for param in model.parameters():
    param.requires_grad = False
model[1] = nn.Linear(3, 10)
optimizer = optim.SGD(model.parameters(), lr=1e-2, momentum=0.9)
model(torch.ones(1, 4)).sum().backward()
optimizer.step()
print([p.grad is None for p in model.parameters()])
