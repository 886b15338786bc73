# The name x wanders; the leaf stays.
import torch

x = torch.tensor(2.0, requires_grad=True)
leaf = x
x = x * 3
x = x + 1
x.backward()
print(leaf.grad)
del x
