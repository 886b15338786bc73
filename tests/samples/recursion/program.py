import torch


def power(x, n):
    return x if n == 1 else x * power(x, n - 1)


x = torch.tensor(1.1, requires_grad=True)
y = power(x, 6)
y.backward()
print(y, x.grad)
