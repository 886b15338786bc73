# The same line makes a new node each time round.
import torch

x = torch.tensor(0.5, requires_grad=True)
h = x
for step in range(4):
    h = torch.tanh(h * 1.5)
h.backward()
print(h, x.grad)
