import torch
import torch.optim as optim
from torch import nn

results = {}
for name, factory in {
    "sgd": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "adam": lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    "adamw": lambda p: optim.AdamW(p, lr=0.1, foreach=True),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.1, centered=True),
    "adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "adadelta": lambda p: optim.Adadelta(p),
    "adamax": lambda p: optim.Adamax(p, lr=0.1),
    "nadam": lambda p: optim.NAdam(p, lr=0.1),
    "radam": lambda p: optim.RAdam(p, lr=0.1),
    "rprop": lambda p: optim.Rprop(p, lr=0.1),
    "asgd": lambda p: optim.ASGD(p, lr=0.1),
}.items():
    x = nn.Parameter(torch.tensor([2.0, -1.5]))
    optimizer = factory([x])
    for _ in range(3):
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        optimizer.step()
    results[name] = x.detach().clone()
for name, value in sorted(results.items()):
    print(f"{name:>10} {value}")
