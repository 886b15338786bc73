# One bias for every row
# Broadcasting copies the bias to each row on the way forward. On the way
# back the copies are summed: a bias hears from every row that used it.

import torch

points = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
bias = torch.tensor([10.0, 20.0], requires_grad=True)
scale = torch.tensor(2.0, requires_grad=True)

shifted = points * scale + bias  # (3, 2) + (2,)
total = shifted.sum()
total.backward()

print("bias:", tuple(bias.shape), "gradient:", bias.grad)  # 3 rows
print("scale:", tuple(scale.shape), "gradient:", scale.grad)  # the sum of all points
