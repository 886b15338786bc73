# Iterations that take different branches, make no call, stop early or start over.
import torch


def halve(x):
    while x.item() > 1:
        x = x / 2
    return x


w = torch.tensor(3.0, requires_grad=True)
total = torch.tensor(0.0)
for i in range(6):
    if i == 1:
        continue
    if i == 2:
        total = total + w.sin()
    elif i == 5:
        break
    else:
        for j in range(i):
            total = total * w
else:
    total = -total
for k in (1, 2):
    try:
        for m in range(3):
            total = total + halve(w * k)
            if m == k:
                raise ValueError
    except ValueError:
        total = total * 2
total.backward()
