import torch

x = torch.tensor([1.0, 2.0])
w = torch.tensor([0.5, -0.5], requires_grad=True)
for _ in range(3):
    loss = ((w * x).sum() - 1) ** 2
    loss.backward()
    w.data -= 0.01 * w.grad.data
    w.grad.zero_()
print(w, loss)
