# A NaN that nobody computed
# where() picks the safe branch, yet the other one still gets a gradient of 0,
# and 0 times the infinite slope of sqrt at 0 is NaN. Mask the input instead.

import torch

x = torch.tensor([0.0, 4.0], requires_grad=True)

# %% the value is fine, the gradient is not
root = torch.where(x > 0, torch.sqrt(x), 0.0)
root.sum().backward()
print("value:   ", root)
print("gradient:", x.grad)

# %% keep the zero away from sqrt
x.grad = None
safe = torch.where(x > 0, x, 1.0)
root = torch.where(x > 0, torch.sqrt(safe), 0.0)
root.sum().backward()
print("value:   ", root)
print("gradient:", x.grad)
