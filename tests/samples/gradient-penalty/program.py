import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([3.0, 1.0], requires_grad=True)
score = torch.tanh(w @ x)
(slope,) = torch.autograd.grad(score, x, create_graph=True)
penalty = (slope.norm() - 1) ** 2
(score + penalty).backward()
print(slope, w.grad)
