import numpy as np
import torch
import torch.nn as nn

np.random.seed(42)
x = np.random.rand(20, 1)
y = 1 + 2 * x + .1 * np.random.randn(20, 1)
idx = np.arange(20)
np.random.shuffle(idx)
x_train, y_train = x[idx[:16]], y[idx[:16]]
device = 'cuda' if torch.cuda.is_available() else 'cpu'
x_train_tensor = torch.from_numpy(x_train).float().to(device)
y_train_tensor = torch.from_numpy(y_train).float().to(device)


class ManualLinearRegression(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Parameter(torch.randn(1, requires_grad=True, dtype=torch.float))
        self.b = nn.Parameter(torch.randn(1, requires_grad=True, dtype=torch.float))

    def forward(self, x):
        return self.a + self.b * x


def make_train_step(model, loss_fn, optimizer):
    def train_step(x, y):
        model.train()
        yhat = model(x)
        loss = loss_fn(y, yhat)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return loss.item()
    return train_step


model = ManualLinearRegression().to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=1e-1)
train_step = make_train_step(model, nn.MSELoss(reduction='mean'), optimizer)
losses = []
for epoch in range(5):
    losses.append(train_step(x_train_tensor, y_train_tensor))
print(losses, model.state_dict())
print(np.mean(losses).round(4), np.array(losses).shape, np.allclose(losses[-1], min(losses)))
