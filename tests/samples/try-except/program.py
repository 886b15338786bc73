import torch

x = torch.tensor(2.0, requires_grad=True)
y = x * x
y.backward()
try:
    y.backward()
except RuntimeError as error:
    print(str(error)[:53])
finally:
    print(x.grad)
