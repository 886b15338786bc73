import torch
from torch import nn
from torch.nn import init


@torch.no_grad()
def init_weights(m):
    print(m)
    if type(m) == nn.Linear:
        m.weight.fill_(1.0)
        print(m.weight)


net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
net.apply(init_weights)
w = torch.empty(3, 5)
for f in (init.xavier_uniform_, init.kaiming_normal_, init.orthogonal_, init.trunc_normal_):
    f(w)
    print(f.__name__, w.norm().item())
print(init.calculate_gain('leaky_relu', 0.2))
for m in net.modules():
    if isinstance(m, nn.Linear):
        nn.init.kaiming_uniform_(m.weight, a=5 ** 0.5)
        if m.bias is not None:
            fan_in = m.weight.size(1)
            nn.init.uniform_(m.bias, -1 / fan_in ** 0.5, 1 / fan_in ** 0.5)
print(sum(p.numel() for p in net.parameters() if p.requires_grad))
