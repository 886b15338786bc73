# A module that calls itself, and a list of modules in a loop.
import torch
from torch import nn


class Tree(nn.Module):
    def __init__(self):
        super().__init__()
        self.join = nn.Bilinear(1, 1, 1, bias=False)
        self.steps = nn.ModuleList([nn.Linear(1, 1, bias=False), nn.Sigmoid()])

    def forward(self, tree):
        if isinstance(tree, tuple):
            left, right = tree
            return self.join(self(left), self(right))
        h = tree
        for step in self.steps:
            h = step(h)
        return h


x = torch.ones(1, 1)
tree = Tree()
tree(((x, 2 * x), x)).backward()
