import torch
import torch.nn.functional as F

torch.manual_seed(0)
X = torch.rand(4, 2)
y = torch.tensor([0.0, 1.0, 1.0, 0.0])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros((), requires_grad=True)
loss = F.binary_cross_entropy_with_logits(X @ w + b, y)
loss.backward()
manual = X.T @ (torch.sigmoid(X @ w + b) - y) / 4
print(w.grad, manual.detach(), torch.allclose(w.grad, manual))
