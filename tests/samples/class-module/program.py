import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(2, hidden)
        self.second = nn.Linear(hidden, 1, bias=False)
        self.scale = nn.Parameter(torch.tensor(0.5))

    def forward(self, x):
        self.h = torch.relu(self.first(x))
        return self.scale * self.second(self.h)


torch.manual_seed(1)
net = Net(3)
out = net(torch.tensor([[1.0, -1.0], [0.5, 2.0]]))
out.pow(2).mean().backward()
print(net)
for name, parameter in net.named_parameters():
    print(name, parameter.grad)
