import torch
from torch.utils.data import (BatchSampler, ConcatDataset, DataLoader, IterableDataset, RandomSampler,
                              SequentialSampler, Subset, TensorDataset, WeightedRandomSampler, random_split)

ds = TensorDataset(torch.arange(10.0).unsqueeze(1), torch.arange(10))
train, val = random_split(ds, [8, 2], generator=torch.Generator().manual_seed(42))
print(len(train), len(val), train.indices, val[0])
for xb, yb in DataLoader(train, batch_size=3, shuffle=True, drop_last=True):
    print(xb.squeeze().tolist(), yb.tolist())
print(list(BatchSampler(SequentialSampler(range(5)), batch_size=2, drop_last=False)))
sampler = WeightedRandomSampler([0.1, 0.9], num_samples=4)
print(list(sampler), list(RandomSampler(range(4))))
print(len(ConcatDataset([ds, Subset(ds, [0, 1])])))


def collate(batch):
    xs, ys = zip(*batch)
    return torch.nn.utils.rnn.pad_sequence(list(xs), batch_first=True), torch.tensor(ys)


ragged = [(torch.ones(n), n) for n in (1, 3, 2)]
for x, y in DataLoader(ragged, batch_size=3, collate_fn=collate):
    print(x, y)


class Stream(IterableDataset):
    def __iter__(self):
        yield from (torch.tensor(float(i)) for i in range(3))


print([b.tolist() for b in DataLoader(Stream(), batch_size=2)])
loader = DataLoader([{"a": 1.0, "b": [1, 2]}, {"a": 2.0, "b": [3, 4]}], batch_size=2, pin_memory=False)
print(next(iter(loader)))
