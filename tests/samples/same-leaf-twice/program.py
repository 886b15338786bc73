# One leaf in both slots of one node: two edges.
import torch

a = torch.tensor(3.0, requires_grad=True)
b = a * a
b.backward()
print(a.grad)
