import torch

x = torch.tensor(2.0, requires_grad=True)
name = "loss"
print(f"{name}: {x * 3:.2f}, {x.item()!r:>8}, {(x**2).item() = }")
print(f"{torch.tensor([1.0, 2.0]).mean():.3e}", "%.2f" % x.item())
(x * 5).backward()
print(f"{x.grad=}")
