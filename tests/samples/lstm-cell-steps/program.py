# A cell that is called once for each step: the same weights every time.
import torch
from torch import nn

torch.manual_seed(0)
cell = nn.LSTMCell(1, 2)
read = nn.Linear(2, 1)
h = c = torch.zeros(1, 2)
for step, x in enumerate(torch.tensor([[[0.5]], [[-1.0]], [[2.0]]])):
    h, c = cell(x, (h, c))
read(h).sum().backward()
