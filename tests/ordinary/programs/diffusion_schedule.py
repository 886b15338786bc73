import torch
import torch.nn as nn
import torch.nn.functional as F


def cosine_beta_schedule(timesteps, s=0.008):
    steps = timesteps + 1
    x = torch.linspace(0, timesteps, steps)
    alphas_cumprod = torch.cos(((x / timesteps) + s) / (1 + s) * torch.pi * 0.5) ** 2
    alphas_cumprod = alphas_cumprod / alphas_cumprod[0]
    betas = 1 - (alphas_cumprod[1:] / alphas_cumprod[:-1])
    return torch.clip(betas, 0.0001, 0.9999)


def extract(a, t, x_shape):
    batch_size = t.shape[0]
    out = a.gather(-1, t.cpu())
    return out.reshape(batch_size, *((1,) * (len(x_shape) - 1))).to(t.device)


T = 10
betas = cosine_beta_schedule(T)
alphas = 1. - betas
acp = torch.cumprod(alphas, axis=0)
acp_prev = F.pad(acp[:-1], (1, 0), value=1.0)
posterior_variance = betas * (1. - acp_prev) / (1. - acp)
model = nn.Sequential(nn.Linear(3, 8), nn.SiLU(), nn.Linear(8, 2))


def q_sample(x_start, t, noise=None):
    if noise is None:
        noise = torch.randn_like(x_start)
    return extract(acp.sqrt(), t, x_start.shape) * x_start + extract((1 - acp).sqrt(), t, x_start.shape) * noise


def p_losses(x0, t):
    noise = torch.randn_like(x0)
    noisy = q_sample(x0, t, noise)
    return F.smooth_l1_loss(noise, model(torch.cat([noisy, t.float().unsqueeze(1) / T], 1)))


@torch.inference_mode()
def sample(n):
    x = torch.randn(n, 2)
    for i in reversed(range(0, T)):
        t = torch.full((n,), i, dtype=torch.long)
        eps = model(torch.cat([x, t.float().unsqueeze(1) / T], 1))
        mean = extract(alphas.rsqrt(), t, x.shape) * (x - extract(betas / (1 - acp).sqrt(), t, x.shape) * eps)
        x = mean if i == 0 else mean + extract(posterior_variance, t, x.shape).sqrt() * torch.randn_like(x)
    return x


opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(2):
    opt.zero_grad()
    loss = p_losses(torch.randn(4, 2), torch.randint(0, T, (4,)).long())
    loss.backward()
    opt.step()
    print("Loss:", loss.item())
print(sample(2).shape, posterior_variance[:3])
