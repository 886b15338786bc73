import torch

# %% leaves
a = torch.tensor(1.0, requires_grad=True)
# %%
b = a + 1
# %% [markdown]
# %% the rest
c = b * b
c.backward()
a.grad
