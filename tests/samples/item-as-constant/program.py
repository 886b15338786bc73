# .item() takes a number out of the graph: what is made of it is a constant.
import torch

x = torch.tensor(3.0, requires_grad=True)
scale = (x * 2).item()
y = x * scale
y.backward()
print(scale, x.grad)
