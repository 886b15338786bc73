import copy
import math
import torch
from torch import nn


class EarlyStopping:
    """Stops training when the validation loss does not improve."""

    def __init__(self, patience=2, min_delta=0.0, verbose=True):
        self.patience, self.min_delta, self.verbose = patience, min_delta, verbose
        self.counter = 0
        self.best = math.inf
        self.state = None

    def __call__(self, val_loss, model):
        if val_loss < self.best - self.min_delta:
            self.best, self.counter = val_loss, 0
            self.state = copy.deepcopy(model.state_dict())
        else:
            self.counter += 1
            if self.verbose:
                print(f"EarlyStopping counter: {self.counter} out of {self.patience}")
        return self.counter >= self.patience


class AverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self, name, fmt=':f'):
        self.name, self.fmt = name, fmt
        self.reset()

    def reset(self):
        self.val = self.avg = self.sum = self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count

    def __str__(self):
        fmtstr = '{name} {val' + self.fmt + '} ({avg' + self.fmt + '})'
        return fmtstr.format(**self.__getstate()) if False else fmtstr.format(name=self.name, val=self.val, avg=self.avg)

    def __getstate(self):
        return {}


model = nn.Linear(2, 1)
stop, meter = EarlyStopping(), AverageMeter('Loss', ':.4f')
for loss in [3.0, 2.0, 2.5, 2.2, 1.0]:
    meter.update(loss)
    if stop(loss, model):
        print("stopped at", loss)
        break
model.load_state_dict(stop.state)
print(meter, stop.best)
