import contextlib
import torch


class ShapeError(ValueError):
    def __init__(self, got, wanted):
        super().__init__(f"got {got}, wanted {wanted}")
        self.got = got


class Timer:
    def __enter__(self):
        self.log = ["enter"]
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self.log.append(exc_type.__name__ if exc_type else "exit")
        return exc_type is ZeroDivisionError


@contextlib.contextmanager
def evaluating(model):
    was = model.training
    model.eval()
    try:
        yield model
    finally:
        model.train(was)


def describe(value):
    match value:
        case torch.Tensor(requires_grad=True) as t:
            return f"leaf {tuple(t.shape)}"
        case [first, *rest]:
            return f"sequence of {first} and {len(rest)}"
        case {"lr": float(lr), **others}:
            return f"config {lr} {others}"
        case int() | float() if value > 10:
            return "big"
        case None | False:
            return "nothing"
        case _:
            return "other"


try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as e:
    print("caught:", str(e)[:40])
else:
    print("no error")
finally:
    print("finally")
try:
    raise ShapeError((2,), (3,)) from None
except (KeyError, ValueError) as e:
    print(e, e.got, e.args, isinstance(e, ShapeError))
with Timer() as t:
    1 / 0
print(t.log)
net = torch.nn.Dropout()
with evaluating(net) as m, torch.no_grad():
    print(m.training)
print(net.training)
for v in (torch.ones(2, requires_grad=True), [1, 2, 3], {"lr": 0.1, "m": 1}, 11, None, "x"):
    print(describe(v))
with contextlib.suppress(KeyError):
    {}["a"]
assert net.training, "must train"
del net, v
try:
    net
except NameError as e:
    print(e)
try:
    x = torch.ones(1, requires_grad=True)
    x.sum().backward()
    y = x * 2
    y.sum().backward()
    y.sum().backward()
except RuntimeError as e:
    print(type(e).__name__, x.grad)
try:
    while True:
        raise KeyboardInterrupt
except KeyboardInterrupt:
    print("interrupted")
