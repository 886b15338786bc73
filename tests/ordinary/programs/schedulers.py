import torch
from torch.optim.lr_scheduler import (CosineAnnealingLR, CyclicLR, ExponentialLR, LambdaLR, LinearLR, MultiStepLR,
                                      OneCycleLR, ReduceLROnPlateau, SequentialLR, StepLR)

model = [torch.nn.Parameter(torch.randn(2, 2, requires_grad=True))]


def make():
    return torch.optim.SGD(model, lr=0.1)


for build in (
    lambda o: StepLR(o, step_size=2, gamma=0.1),
    lambda o: MultiStepLR(o, milestones=[1, 3]),
    lambda o: ExponentialLR(o, gamma=0.9),
    lambda o: CosineAnnealingLR(o, T_max=4),
    lambda o: LambdaLR(o, lr_lambda=lambda epoch: 0.95 ** epoch),
    lambda o: OneCycleLR(o, max_lr=0.1, total_steps=6),
    lambda o: CyclicLR(o, base_lr=0.01, max_lr=0.1, step_size_up=2),
    lambda o: SequentialLR(o, [LinearLR(o, 0.1, total_iters=2), ExponentialLR(o, 0.9)], milestones=[2]),
):
    optimizer = make()
    scheduler = build(optimizer)
    lrs = []
    for _ in range(4):
        optimizer.step()
        lrs.append(f"{optimizer.param_groups[0]['lr']:.4f}")
        scheduler.step()
    print(type(scheduler).__name__, lrs, scheduler.get_last_lr())
plateau = ReduceLROnPlateau(make(), 'min', patience=0)
for loss in [1.0, 1.0, 1.0]:
    plateau.step(loss)
print(plateau.get_last_lr())
