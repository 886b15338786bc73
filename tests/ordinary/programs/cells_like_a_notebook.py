# %% Setup
import torch
import torch.nn.functional as F
_ = torch.manual_seed(7)

# %% Data
x = torch.randn(4, 3)
w = torch.randn(3, requires_grad=True)
x.shape

# %% Model
y = x @ w
y

# %% Loss
loss = F.mse_loss(y, torch.zeros(4))
loss.backward()
w.grad
