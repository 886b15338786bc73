# exp saved its own result, which is changed before backward needs it.
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.exp()
y.add_(1)
y.sum().backward()

# %% goes on
print(x.grad)
