# Two layers that know exclusive or
# Where relu gave 0, nothing comes back. The second hidden unit wakes up for
# one input out of four, so only that input can teach it.

import torch

X = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])

W1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]], requires_grad=True)
b1 = torch.tensor([0.0, -1.0], requires_grad=True)
W2 = torch.tensor([[2.0], [-4.0]], requires_grad=True)
b2 = torch.tensor([-1.0], requires_grad=True)

hidden = torch.relu(torch.matmul(X, W1) + b1)
p = torch.sigmoid(hidden @ W2 + b2)
loss = ((p - y) ** 2).mean()
loss.backward()

print("predictions:", (p > 0.5).int().flatten().tolist())
print(f"loss: {loss.item():.4f}")
print("gradient of b1:", b1.grad)
