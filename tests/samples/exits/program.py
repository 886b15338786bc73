# Where numbers and arrays leave the graph.
import torch

x = torch.tensor([1.5, 2.0], requires_grad=True)
y = (x * x).sum()
loss = y.item()
count = int(x[1])
rows = x.tolist()
array = x.detach().numpy()
shared = torch.from_numpy(array)
copied = torch.tensor(array * 2)
if y > 3:
    y = y * 2
y.backward()
print(f"{y:.2f}", loss, count, rows, shared, copied, x.grad)
