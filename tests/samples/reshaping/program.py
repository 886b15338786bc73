import torch

x = torch.arange(1.0, 7.0, requires_grad=True)
m = x.view(2, 3)
t = m.T.reshape(-1)
p = m.permute(1, 0).flatten()
s = torch.stack([t, p]).squeeze()
c = torch.cat([s, s * 2], dim=1).unsqueeze(0)
e = c.transpose(1, 2).contiguous()
(e * e).sum().backward()
print(e.shape, x.grad)
