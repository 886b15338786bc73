import torch
from torch import nn
from torch.func import functional_call
from torch.autograd import grad

net = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
meta_opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for it in range(2):
    meta_opt.zero_grad()
    outer = 0.0
    for task in range(2):
        phase = torch.rand(1) * 3.14
        xs, xq = torch.rand(4, 1), torch.rand(4, 1)
        params = dict(net.named_parameters())
        inner = ((functional_call(net, params, (xs,)) - (xs + phase).sin()) ** 2).mean()
        grads = grad(inner, params.values(), create_graph=True)
        fast = {n: p - 0.1 * g for (n, p), g in zip(params.items(), grads)}
        outer = outer + ((functional_call(net, fast, (xq,)) - (xq + phase).sin()) ** 2).mean()
    outer.backward()
    meta_opt.step()
    print(f"{it} {outer.item():.6f} {net[0].weight.grad.norm():.6f}")
