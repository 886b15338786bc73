# A swing that comes to rest
# Time t reaches the height by two paths, through the fading and through
# the swinging. Its gradient is the sum of what comes back along both.

import torch

t = torch.tensor(2.0, requires_grad=True)  # time
k = torch.tensor(0.5, requires_grad=True)  # how fast it fades
w = torch.tensor(3.0, requires_grad=True)  # how fast it swings

fade = torch.exp(-k * t)
swing = torch.cos(w * t)
height = fade * swing  # the two paths meet

loss = (height - 1.0) ** 2  # we wanted a height of 1
loss.backward()

print(f"height {height:.4f}, loss {loss:.4f}")
print(f"dloss/dt = {t.grad:.4f}")
