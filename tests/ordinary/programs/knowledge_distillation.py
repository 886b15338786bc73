import torch
import torch.nn as nn
import torch.nn.functional as F
from collections import OrderedDict

teacher = nn.Sequential(OrderedDict([('fc1', nn.Linear(4, 8)), ('act', nn.ReLU()), ('fc2', nn.Linear(8, 3))])).eval()
student = nn.Sequential(OrderedDict(fc=nn.Linear(4, 3)))
for p in teacher.parameters():
    p.requires_grad_(False)
T, soft_w, ce_w = 2.0, 0.25, 0.75
x, y = torch.randn(6, 4), torch.randint(3, (6,))
opt = torch.optim.Adam(student.parameters(), lr=0.01)
running_loss = 0.0
for _ in range(3):
    opt.zero_grad()
    with torch.no_grad():
        teacher_logits = teacher(x)
    student_logits = student(x)
    soft_targets = F.softmax(teacher_logits / T, dim=-1)
    soft_prob = F.log_softmax(student_logits / T, dim=-1)
    distill = torch.sum(soft_targets * (soft_targets.log() - soft_prob)) / soft_prob.size()[0] * (T ** 2)
    loss = soft_w * distill + ce_w * F.cross_entropy(student_logits, y)
    loss.backward()
    opt.step()
    running_loss += loss.item()
print(f"Loss: {running_loss / 3:.5f}, same: {teacher.fc1.weight.grad is None}, {student}")
