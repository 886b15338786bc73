import torch
from torch import nn

torch.manual_seed(0)
table = nn.Embedding(5, 2)
tokens = torch.tensor([1, 3, 1])
table(tokens).sum().backward()
print(table.weight.grad)
