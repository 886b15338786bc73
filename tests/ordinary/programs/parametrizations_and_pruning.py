import torch
import torch.nn as nn
import torch.nn.utils.parametrize as parametrize
from torch.nn.utils import parametrizations, prune
from torch.nn.utils import clip_grad_norm_, parameters_to_vector, vector_to_parameters


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)

    def right_inverse(self, A):
        return A.triu()


layer = nn.Linear(3, 3)
parametrize.register_parametrization(layer, "weight", Symmetric())
A = layer.weight
print(torch.allclose(A, A.T), parametrize.is_parametrized(layer), layer)
layer(torch.ones(1, 3)).sum().backward()
print(layer.parametrizations.weight.original.grad)
parametrize.remove_parametrizations(layer, "weight")
print(parametrizations.weight_norm(nn.Linear(2, 2)), parametrizations.spectral_norm(nn.Linear(2, 2)).weight.shape)
ortho = parametrizations.orthogonal(nn.Linear(2, 2))
print(torch.allclose(ortho.weight @ ortho.weight.T, torch.eye(2), atol=1e-5))
m = nn.Linear(4, 2)
prune.l1_unstructured(m, name="weight", amount=3)
print(list(dict(m.named_buffers())), int((m.weight == 0).sum()))
prune.remove(m, "weight")
vec = parameters_to_vector(m.parameters())
vector_to_parameters(vec * 0 + 1, m.parameters())
m(torch.ones(1, 4)).sum().backward()
print(clip_grad_norm_(m.parameters(), max_norm=1.0), m.bias)
