# Gradients add up until you clear them
# backward() adds to .grad, it does not replace it. A training loop that
# forgets zero_grad() takes ever longer steps in stale directions.

import torch

x = torch.tensor(3.0, requires_grad=True)

# %% the first pass
(x**2).backward()
print("after one pass:", x.grad)

# %% the second pass adds to the first
(x**2).backward()
print("after two passes:", x.grad)

# %% cleared, then passed again
x.grad.zero_()
print("cleared:", x.grad)
(x**2).backward()
print("after a clean pass:", x.grad)
