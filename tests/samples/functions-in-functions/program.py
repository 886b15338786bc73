# Functions that call functions: named, nested, as lambdas, as methods, from comprehensions and generators.
import torch


def square(x):
    return x * x


def norm(x, y):
    def root(z):
        return z.sqrt()

    return root(square(x) + square(y))


class Curve:
    def __init__(self, a):
        self.a = a * 1.5

    def at(self, t):
        return (lambda u: u.exp())(self.a * t)


def halves(x, n):
    for _ in range(n):
        x = x / 2
        yield x


x = torch.tensor(3.0, requires_grad=True)
y = torch.tensor(4.0, requires_grad=True)
curve = Curve(x)
total = norm(x, y) + sum(curve.at(t) for t in (0.0, 0.1))
total = total + sum(map(square, [x, y]))
total = total + sum([square(a) * b for a in (x, y) for b in (1, 2) if b > 1])
for h in halves(y, 2):
    total = total * h
total.backward()
