import torch
import torch.nn.functional as F

X = torch.cat([torch.randn(10, 2) + 2, torch.randn(10, 2) - 2])
y = torch.cat([torch.ones(10), torch.zeros(10)])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
for epoch in range(5):
    z = X @ w + b
    loss = F.binary_cross_entropy_with_logits(z, y)
    loss.backward()
    with torch.no_grad():
        for param in [w, b]:
            param -= 0.5 * param.grad
            param.grad.zero_()
    acc = ((z > 0) == y.bool()).float().mean().item()
    print(f"epoch {epoch + 1:02d} | loss {loss:.4f} | acc {acc:.1%}")
