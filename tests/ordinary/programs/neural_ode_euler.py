import torch
import torch.nn as nn


class ODEFunc(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 6), nn.Tanh(), nn.Linear(6, 2))
        self.nfe = 0

    def forward(self, t, y):
        self.nfe += 1
        return self.net(y ** 3)


def odeint(func, y0, t, method="rk4"):
    ys = [y0]
    for t0, t1 in zip(t[:-1], t[1:]):
        h = t1 - t0
        y = ys[-1]
        if method == "euler":
            dy = h * func(t0, y)
        else:
            k1 = func(t0, y)
            k2 = func(t0 + h / 2, y + h * k1 / 2)
            k3 = func(t0 + h / 2, y + h * k2 / 2)
            k4 = func(t1, y + h * k3)
            dy = h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        ys.append(y + dy)
    return torch.stack(ys)


func = ODEFunc()
pred = odeint(func, torch.tensor([[2.0, 0.0]]), torch.linspace(0.0, 1.0, 4))
loss = pred.abs().mean()
loss.backward()
print(pred.squeeze(1), loss, func.nfe, func.net[0].weight.grad.norm())
