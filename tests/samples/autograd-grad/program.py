# The gradients are returned; .grad stays None.
from torch.autograd import grad

import torch

x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
y = (w * x) ** 2
dx, dw = grad(y, (x, w))
print(dx, dw, x.grad, w.grad)
