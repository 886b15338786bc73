# Running statistics change with each batch in training, outside of the graph.
import torch
from torch import nn

norm = nn.BatchNorm1d(2)
x = torch.tensor([[1.0, 2.0], [3.0, 6.0]])
for _ in range(2):
    loss = norm(x).square().sum()
    loss.backward()
norm.eval()
print(norm(x), norm.running_mean)
