import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence, pad_sequence

seqs = [torch.tensor([4, 1, 5]), torch.tensor([2, 3]), torch.tensor([6])]
lengths = torch.tensor([len(s) for s in seqs])
padded = pad_sequence(seqs, batch_first=True)
embed = nn.Embedding(7, 3, padding_idx=0)
gru = nn.GRU(3, 4, batch_first=True, bidirectional=True)
packed = pack_padded_sequence(embed(padded), lengths, batch_first=True, enforce_sorted=True)
print(packed.data.shape, packed.batch_sizes)
out, h = gru(packed)
unpacked, lens = pad_packed_sequence(out, batch_first=True)
print(unpacked.shape, lens, h.shape)
unpacked.sum().backward()
print(embed.weight.grad[0], embed.weight.grad.norm().item())
print(pack_sequence([torch.ones(2), torch.ones(1)]))
