import functools
import itertools
import operator
import torch
from functools import lru_cache, partial, reduce, wraps


def traced(tag):
    def decorate(f):
        @wraps(f)
        def inner(*args, **kwargs):
            inner.calls += 1
            return f(*args, **kwargs)
        inner.calls = 0
        inner.tag = tag
        return inner
    return decorate


@traced("loss")
def loss(pred, /, target, *, scale=1.0, **extra):
    """Squared error."""
    return scale * (pred - target).pow(2).mean()


@lru_cache(maxsize=None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def counter():
    n = 0

    def step(by=1):
        nonlocal n
        n += by
        return n
    return step


def gen(n):
    total = 0
    for i in range(n):
        got = yield i * i
        total += got or 0
    return total


def outer():
    result = yield from gen(3)
    yield ("total", result)


x = torch.tensor([1.0, 2.0], requires_grad=True)
value = loss(x, torch.zeros(2), scale=2.0)
value.backward()
print(loss.__name__, loss.__doc__, loss.calls, loss.tag, value, x.grad)
print(fib(30), fib.cache_info().hits > 0, reduce(operator.mul, [1, 2, 3, 4]), partial(pow, 2)(5))
c = counter()
print(c(), c(2), list(outer()))
g = gen(3)
print(next(g), g.send(10), g.send(20))
print([*itertools.chain([1], (2, 3))], list(itertools.accumulate([1, 2, 3])), dict(a=1, **{"b": 2}))
first, *rest = range(4)
(a, b), c = (1, 2), 3
print(first, rest, a, b, c, [y for y in range(5) if y % 2], {k: v for k, v in zip("ab", (1, 2))}, {z for z in "aa"})
if (n := len(rest)) > 2:
    print(f"{n=} {n!r:>4} {value:.3f} {3.14159:{6}.{3}}")
while True:
    n -= 1
    if not n:
        break
else:
    print("never")
for i in range(2):
    continue
else:
    print("else")
print(sorted(["bb", "a"], key=len), max([1, 3, 2]), any(i > 1 for i in [1, 2]), sum(map(lambda v: v * 2, [1, 2])))
print("%s and %.2f" % ("text", 1.5), "{} {name}".format(1, name="n"), "-".join(map(str, range(3))), str(x.dtype))
print((lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4), [[0] * 2 for _ in range(2)], 7 // 2, -7 % 3, 2 ** 10, 1 if x.sum() > 0 else 0)
