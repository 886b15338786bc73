# Gradient descent with nothing but a loop
# Forward, backward, a small step against the gradient, and clear. The step
# goes through .data, so that autograd does not record it.

import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([2.0, 4.0, 6.0])  # the answer is w = 2
w = torch.tensor(0.0, requires_grad=True)

for step in range(8):
    loss = ((w * x - y) ** 2).sum()
    loss.backward()
    print(f"step {step}: w = {w.item():.4f}, loss = {loss.item():.4f}")
    w.data -= 0.01 * w.grad.data
    w.grad.zero_()

w
