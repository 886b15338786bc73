import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Dropout(0.25), nn.Linear(4, 2), nn.Softmax(dim=1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(2):
    loss = -net(torch.ones(3, 2))[:, 0].log().mean()
    optimizer.zero_grad(set_to_none=False)
    loss.backward()
    optimizer.step()
    print(loss.item())
