# Columns count code points, not bytes.
import torch

α = torch.tensor(0.5, requires_grad=True)
print("größer 🎈", end=" · "); β = α * 2; print("é", (γ := β.sin()).item())
γ.backward()
print(f"∂γ/∂α = {α.grad:.6f}")
