import torch

x = torch.tensor([[1.0, 5.0, 2.0], [7.0, 3.0, 4.0]], requires_grad=True)
values, indices = x.max(dim=1)
top, where = torch.topk(x, 2, dim=1)
(values.sum() + (top * where).sum()).backward()
print(indices.tolist(), x.grad, sep="\n")
