# One update for each parameter with a gradient; a step that writes to all at once counts versions too.
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
b = torch.tensor([0.5], requires_grad=True)
unused = torch.tensor([1.0], requires_grad=True)
optimizer = torch.optim.SGD([w, b, unused], lr=0.1, momentum=0.9, nesterov=True, foreach=True)
for _ in range(2):
    optimizer.zero_grad()
    loss = (w * b).square().sum()
    loss.backward()
    optimizer.step()
print(w, b, unused)
