import torch

x = torch.tensor(1.0)

# %% no graph
x.backward()

# %% shapes
torch.ones(2, 3) @ torch.ones(2, 3)

# %% a name
undefined

# %% a raise of one's own, half-way
y = torch.tensor(2.0, requires_grad=True)
z = y * 2
raise ValueError("enough")
z = z * 3

# %% still running
z.backward()
print(y.grad)
