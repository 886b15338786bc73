import torch
import torch.nn as nn

model = nn.Linear(3, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
accumulation_steps = 2
data = [(torch.randn(2, 3), torch.randn(2, 1)) for _ in range(4)]
optimizer.zero_grad(set_to_none=True)
for i, (inputs, labels) in enumerate(data, start=1):
    loss = nn.functional.mse_loss(model(inputs), labels) / accumulation_steps
    loss.backward()
    if i % accumulation_steps == 0:
        total_norm = nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        optimizer.zero_grad()
        print(f"step {i // accumulation_steps}: norm {total_norm:.4f} lr {optimizer.param_groups[0]['lr']}")
total = 0.0
for p in model.parameters():
    total += p.detach().abs().sum()
print(total)
