import torch


def affine(x, w, b=0.5):
    scaled = w * x
    return scaled + b


def twice(f, x):
    return f(f(x))


w = torch.tensor(1.5, requires_grad=True)
y = twice(lambda x: affine(x, w), torch.tensor(2.0))
y.backward()
print(y, w.grad)
