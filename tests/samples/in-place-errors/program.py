# A saved tensor is changed in place in six ways, and each backward fails: through a view, by an optimizer,
# without grad, as plain data, through an alias that is not in the graph, and as the place of a result.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = torch.tanh(x)
v = y.view(2, 1)
for _ in range(2):
    v.add_(1)
y[0], v = 0.5, None
y.sum().backward()

# %% the optimizer steps between two passes
w = torch.tensor([[1.0], [-2.0]], requires_grad=True)
optimizer = torch.optim.AdamW([w], lr=0.1)
loss = (x.reshape(1, 2) @ w).sum()
loss.backward(retain_graph=True)
optimizer.step()
loss.backward()

# %% without grad
h = x * 2
square = h * h
with torch.no_grad():
    h.mul_(3)
square.sum().backward()

# %% plain data
d = torch.tensor([3.0, 4.0])
product = x * d
d += 1
d.zero_()
product.sum().backward()

# %% out of sight
e = x.exp().split(1)
total = e[0] + e[1]
e[1].detach().clamp_(max=2.0)
total.sum().backward()

# %% a result that is written over it
k = x * 2
cube = k * k * k
with torch.no_grad():
    torch.mul(x, 3, out=k)
cube.sum().backward()
