import torch

x = torch.tensor([0.0, 1.0, 2.0], requires_grad=True)

# infinities on purpose: a mask among the data, and one among the arguments
mask = torch.triu(torch.full((3, 3), float("-inf")), diagonal=1)
a = torch.softmax(x + mask, -1)
b = torch.softmax(x.masked_fill(x > 1.5, float("-inf")), -1)

# an infinity begins, and out of it a NaN
l = torch.log(x)
p = l * 0
y = (a.sum(0) + b + p).sum() + torch.sqrt(x).sum()
y.backward()
