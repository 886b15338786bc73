# A value that is printed, changed in place, and printed again.
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
seen = (w * 2).detach()
print(seen)
seen += 100
print(seen)
y = (w * seen).sum()
y.backward()
w.data.fill_(7.0)
print(w, w.grad)
