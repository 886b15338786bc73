# Only one of the parts is used: the others get zeros.
import torch

x = torch.arange(6.0, requires_grad=True)
_, middle, _ = (x * 2).split(2)
middle.prod().backward()
print(x.grad)
