# An embedding with sparse gradients, and a sparse matrix.
import torch
from torch import nn

table = nn.Embedding(3, 2, sparse=True)
picked = table(torch.tensor([0, 2, 0]))
picked.sum().backward()
print(table.weight.grad)
