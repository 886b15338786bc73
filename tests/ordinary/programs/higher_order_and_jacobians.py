import torch
from torch.autograd import grad
from torch.autograd.functional import jacobian, hessian, hvp

x = torch.tensor(2.0, requires_grad=True)
y = x ** 4
first, = grad(y, x, create_graph=True)
second, = grad(first, x, create_graph=True)
third, = grad(second, x)
print(first, second, third)


def exp_adder(x, y):
    return 2 * x.exp() + 3 * y


print(jacobian(exp_adder, (torch.ones(2), torch.zeros(2))))
print(hessian(lambda v: (v ** 3).sum(), torch.tensor([1.0, 2.0])))
print(hvp(lambda v: (v ** 3).sum(), torch.tensor([1.0, 2.0]), torch.ones(2)))
print(torch.autograd.gradcheck(lambda t: t.sigmoid() * t, torch.randn(3, dtype=torch.double, requires_grad=True)))
a = torch.randn(3, requires_grad=True)
penalty = (grad((a ** 2).sum(), a, create_graph=True)[0].norm(2) - 1) ** 2
penalty.backward()
print(a.grad)
