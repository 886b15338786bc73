import torch

z = torch.tensor(1.0 + 2.0j, requires_grad=True)
magnitude = (z * z.conj()).real
magnitude.backward()
print(magnitude, z.grad)
