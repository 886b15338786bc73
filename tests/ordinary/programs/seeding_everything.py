# differs: numpy, Python and torch draw fresh entropy from the run's seed instead of the machine
import random
import numpy as np
import torch


def seed_everything(seed: int = 42) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed(seed)
        torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False


seed_everything()
print(random.random(), np.random.rand(), torch.rand(1))
rng, g = np.random.default_rng(0), torch.Generator().manual_seed(0)
print(rng.normal(size=2), torch.randn(2, generator=g), torch.initial_seed())
state = torch.get_rng_state()
a = torch.rand(2)
torch.set_rng_state(state)
print(torch.equal(a, torch.rand(2)))
with torch.random.fork_rng():
    torch.manual_seed(1)
print(np.random.default_rng().random(), random.Random().random(), torch.seed())
