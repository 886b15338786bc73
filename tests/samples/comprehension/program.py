import torch

x = torch.tensor(2.0, requires_grad=True)
powers = [x**n for n in range(1, 4)]
total = sum(powers)
total.backward()
print([p.item() for p in powers], x.grad)
