import torch


def make_layer(size, *, bias=True):
    weight = torch.ones(size, size, requires_grad=True)
    offset = torch.zeros(size, requires_grad=True) if bias else None

    def layer(x):
        out = x @ weight
        return out if offset is None else out + offset

    return layer, [p for p in (weight, offset) if p is not None]


layer, parameters = make_layer(2)
loss = layer(torch.tensor([[1.0, 2.0]])).sum()
loss.backward()
for p in parameters:
    print(p.grad)
