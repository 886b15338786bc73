# One head of attention
# Each token asks a question, and mixes the values of the tokens before it
# by how well they answer. The mask lets no gradient come from the future.

import math

import torch
import torch.nn.functional as F

torch.manual_seed(0)
tokens = torch.randn(3, 4, requires_grad=True)  # three tokens, four features
Wq, Wk, Wv = (torch.randn(4, 2, requires_grad=True) for _ in range(3))

q, k, v = tokens @ Wq, tokens @ Wk, tokens @ Wv
scores = q @ k.T / math.sqrt(2)
future = torch.ones(3, 3).triu(diagonal=1).bool()
weights = F.softmax(scores.masked_fill(future, -math.inf), dim=-1)
mixed = weights @ v

print(weights)

# %% ask only the first token: the other two get no gradient
mixed[0].sum().backward()
print(tokens.grad)
