import torch
import torch.nn as nn
import torch.optim as optim

X = torch.Tensor([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = torch.Tensor([0, 1, 1, 0]).view(-1, 1)


class XOR(nn.Module):
    def __init__(self, input_dim=2, output_dim=1):
        super(XOR, self).__init__()
        self.lin1 = nn.Linear(input_dim, 2)
        self.lin2 = nn.Linear(2, output_dim)

    def forward(self, x):
        x = self.lin1(x)
        x = torch.sigmoid(x)
        x = self.lin2(x)
        return x


def main():
    model = XOR()
    for m in model.modules():
        if isinstance(m, nn.Linear):
            m.weight.data.normal_(0, 1)
    loss_func = nn.MSELoss()
    optimizer = optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
    for i in range(10):
        data_point = torch.randint(X.size(0), (1,)).item()
        x_var = torch.autograd.Variable(X[data_point], requires_grad=False)
        y_var = torch.autograd.Variable(Y[data_point], requires_grad=False)
        optimizer.zero_grad()
        y_hat = model(x_var)
        loss = loss_func.forward(y_hat, y_var)
        loss.backward()
        optimizer.step()
        if i % 5 == 0:
            print("Epoch: {0}, Loss: {1}, ".format(i, loss.data.numpy()))


if __name__ == "__main__":
    main()
