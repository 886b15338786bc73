import torch

w = torch.tensor(0.5, requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)


def train(x, target):
    optimizer.zero_grad()
    loss = (w * x - target) ** 2
    loss.backward()
    optimizer.step()


for epoch in range(2):
    for batch in range(3):
        train(batch + 1.0, 2.0)

print(w * 2)
