import torch
import torch.nn as nn
from functools import partial
from collections import defaultdict

model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
activations = {}


def get_activation(name):
    def hook(model, input, output):
        activations[name] = output.detach()
    return hook


handles = [layer.register_forward_hook(get_activation(f"layer{i}")) for i, layer in enumerate(model)]
gradients = defaultdict(list)


def save_grad(name, module, grad_input, grad_output):
    gradients[name].append(grad_output[0].norm().item())


for name, module in model.named_children():
    module.register_full_backward_hook(partial(save_grad, name))
x = torch.ones(2, 3, requires_grad=True)
h = x.register_hook(lambda grad: print("grad of x", grad.shape))
out = model(x).sum()
out.register_hook(lambda g: g * 2)
out.backward()
for handle in handles:
    handle.remove()
h.remove()
print({k: tuple(v.shape) for k, v in activations.items()}, dict(gradients))
pre = model[0].register_forward_pre_hook(lambda m, args: (args[0] * 0,))
print(model(torch.ones(1, 3)))
w = model[2].weight
w.register_post_accumulate_grad_hook(lambda p: print("accumulated", p.grad.shape))
model(torch.ones(1, 3)).sum().backward()
