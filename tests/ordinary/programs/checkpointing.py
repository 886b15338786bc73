import torch
import torch.nn as nn
import torch.utils.checkpoint as checkpoint
from torch.utils.checkpoint import checkpoint_sequential


class Deep(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList(nn.Sequential(nn.Linear(4, 4), nn.Tanh()) for _ in range(3))

    def forward(self, x):
        for block in self.blocks:
            x = checkpoint.checkpoint(block, x, use_reentrant=False)
        return x


net = Deep()
x = torch.ones(1, 4, requires_grad=True)
net(x).sum().backward()
print(x.grad)
seq = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4), nn.ReLU())
y = checkpoint_sequential(seq, 2, x, use_reentrant=False)
y.mean().backward()
print(x.grad)
