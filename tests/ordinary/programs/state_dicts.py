import copy
import torch
import torch.nn as nn
import torch.optim as optim


class TheModelClass(nn.Module):
    def __init__(self):
        super(TheModelClass, self).__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.fc1 = nn.Linear(6, 2)

    def forward(self, x):
        return self.fc1(self.conv1(x).mean((2, 3)))


model = TheModelClass()
optimizer = optim.SGD(model.parameters(), lr=0.001, momentum=0.9)
print("Model's state_dict:")
for param_tensor in model.state_dict():
    print(param_tensor, "\t", model.state_dict()[param_tensor].size())
print("Optimizer's state_dict:")
for var_name in optimizer.state_dict():
    print(var_name, "\t", optimizer.state_dict()[var_name])
best_model_wts = copy.deepcopy(model.state_dict())
clone = copy.deepcopy(model)
model(torch.ones(1, 3, 8, 8)).sum().backward()
optimizer.step()
print(torch.equal(model.fc1.weight, clone.fc1.weight))
model.load_state_dict(best_model_wts)
print(torch.equal(model.fc1.weight, clone.fc1.weight))
print(model.load_state_dict({"fc1.bias": torch.zeros(2)}, strict=False))
optimizer.load_state_dict(optimizer.state_dict())
ema = optim.swa_utils.AveragedModel(model, multi_avg_fn=optim.swa_utils.get_ema_multi_avg_fn(0.9))
ema.update_parameters(model)
print(len(list(ema.parameters())))
