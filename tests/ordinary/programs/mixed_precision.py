import torch
from torch.amp import GradScaler, autocast

net = torch.nn.Linear(4, 2)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu", enabled=False)
for _ in range(2):
    with torch.autocast(device_type="cpu", dtype=torch.bfloat16):
        output = net(torch.ones(1, 4))
        print(output.dtype)
        loss = output.float().pow(2).sum()
    scaler.scale(loss).backward()
    scaler.step(opt)
    scaler.update()
    opt.zero_grad()
print(f"{loss:.4f}")
