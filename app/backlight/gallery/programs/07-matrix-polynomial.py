# A polynomial of a matrix
# A appears in three places, so three gradients flow back to it. In A @ A
# the left and the right factor get different ones: order matters.

import torch

A = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
identity = torch.eye(2)

P = A @ A - 3 * A + 2 * identity
total = P.sum()
total.backward()

print(P)
print("sum:", total.item())
print(A.grad)
