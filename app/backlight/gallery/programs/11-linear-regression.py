# Fitting a line
# The loop that every training script has: predict, measure, clear, backward,
# step. Ten epochs, and the loss comes down.

import torch
import torch.nn as nn

torch.manual_seed(0)
x = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
y = 2 * x + 1

model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

# %% train
for epoch in range(10):
    loss = criterion(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"epoch {epoch}: loss {loss.item():.4f}")

# %% what it has learnt
print("slope:", model.weight)
print("intercept:", model.bias)
