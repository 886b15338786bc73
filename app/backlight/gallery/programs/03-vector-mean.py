# The mean of a vector
# mean() divides one gradient among all the elements: each gets 1/n of it.
# What an element makes of its share depends on the element itself.

import torch

v = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)

squares = v**2
m = squares.mean()
m.backward()

print("mean of squares:", m.item())
print("gradient:", v.grad)  # 2 v / n
