# Plain tensors, no gradient anywhere.
import torch

a = torch.tensor([1.0, 2.0])
b = a * 3 + 1
print(b.sum().item())
