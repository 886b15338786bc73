# A perceptron, by hand and by autograd
# For cross-entropy behind a sigmoid the gradient is short enough to write
# down: prediction minus label, times the input. Autograd agrees.

import torch
import torch.nn.functional as F

x = torch.tensor([0.5, -1.0, 2.0])
label = torch.tensor(1.0)
w = torch.tensor([0.2, 0.4, -0.1], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)

# %% by autograd
z = torch.dot(w, x) + b
loss = F.binary_cross_entropy_with_logits(z, label)
loss.backward()
print(f"loss {loss.item():.4f}")
print("autograd:", w.grad, b.grad)

# %% by hand
with torch.no_grad():
    error = torch.sigmoid(z) - label
    print("by hand: ", error * x, error)
