# One expression over several lines: every call has its own place.
import torch

x = torch.tensor([0.1, 0.2, 0.3], requires_grad=True)
y = (
    x.mul(2)
    .sin()
    .add(1)
    .log()
    .sum()
)
y.backward()
x.grad
