# One layer is called twice, and the output layer shares the weight of the first one.
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.lift = nn.Linear(2, 2)
        self.act = nn.Tanh()

    def forward(self, x):
        return x + self.act(self.lift(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Block(), Block())
        self.shared = Block()
        self.out = nn.Linear(2, 2, bias=False)
        self.out.weight = self.shared.lift.weight
        self.gain = nn.Parameter(torch.tensor(0.5))
        self.register_buffer("shift", torch.tensor([1.0, -1.0]))
        self.unused = nn.Linear(1, 1)

    def forward(self, x):
        x = self.shared(self.blocks(x)) + self.shift
        return self.gain * self.out(self.shared(x))


net = Net()
x = torch.ones(1, 2)
loss = net(x).sum() + 0.1 * sum(p.square().sum() for p in net.out.parameters())
loss.backward()
