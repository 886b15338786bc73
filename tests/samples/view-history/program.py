# A view's history is made anew when its base was written to.
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 2
first = h[:2]
inner = first[1:]
h.mul_(3)
y = (first * inner).sum()
h[0] = 7.0
z = y + first.sum()
z.backward()
print(first, inner, x.grad)
