import random

import numpy as np
import torch

torch.manual_seed(7)
w = torch.randn(3, requires_grad=True)
x = torch.rand(3)
loss = (w * x).sum()
loss.backward()
print(w, x, loss)
print(random.random(), np.random.rand(2))
