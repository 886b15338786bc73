from dataclasses import dataclass, field, asdict, replace, fields
from types import SimpleNamespace
import json
import torch


@dataclass(frozen=True, order=True)
class OptimConfig:
    lr: float = 0.1
    betas: tuple = (0.9, 0.999)


@dataclass
class TrainConfig:
    hidden: int = 4
    layers: list = field(default_factory=lambda: [4, 4])
    optim: OptimConfig = field(default_factory=OptimConfig)
    name: str = field(default="run", repr=False)

    def __post_init__(self):
        self.total = sum(self.layers)


cfg = TrainConfig(hidden=8)
print(cfg, cfg.total, asdict(cfg), replace(cfg.optim, lr=0.5), [f.name for f in fields(cfg)])
print(OptimConfig(0.1) < OptimConfig(0.2), OptimConfig() == OptimConfig(), hash(OptimConfig()) == hash(OptimConfig()))
args = SimpleNamespace(lr=1e-3, epochs=2, **{"seed": 1})
args.epochs += 1
print(args, json.dumps({"lr": args.lr, "epochs": args.epochs}), json.loads("[1, 2.5, null]"))
torch.manual_seed(args.seed)
net = torch.nn.Linear(cfg.hidden, 1)
print(net.extra_repr())
try:
    cfg.optim.lr = 3
except Exception as e:
    print(type(e).__name__)
