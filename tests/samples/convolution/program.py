import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
image = torch.rand(1, 1, 5, 5)
conv = nn.Conv2d(1, 2, kernel_size=3, bias=False)
norm = nn.BatchNorm2d(2)
maps = F.max_pool2d(F.relu(norm(conv(image))), 2)
maps.sum().backward()
print(maps.shape, conv.weight.grad.shape, norm.bias.grad)
