"""Learning from reward: values with a target network, and policies by their likelihood."""

from __future__ import annotations

from typing import Any

import torch
from torch.distributions import Categorical, Normal, kl_divergence
from torch.nn import functional as F

from models.generative import mlp


def deep_q_learning() -> dict[str, Any]:
    values, target = mlp(4, 8, 3), mlp(4, 8, 3)
    target.load_state_dict(values.state_dict())
    optimizer = torch.optim.Adam(values.parameters(), lr=0.05)
    for _ in range(2):
        state, after = torch.randn(5, 4), torch.randn(5, 4)
        action, reward, over = torch.randint(0, 3, (5, 1)), torch.randn(5), torch.rand(5) < 0.2
        with torch.no_grad():
            best = values(after).argmax(1, keepdim=True)
            goal = reward + 0.9 * target(after).gather(1, best).squeeze(1).masked_fill(over, 0)
        taken = values(state).gather(1, action).squeeze(1)
        loss = F.huber_loss(taken, goal)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(values.parameters(), 0.1)
        optimizer.step()
        with torch.no_grad():
            for slow, fast in zip(target.parameters(), values.parameters(), strict=True):
                slow.lerp_(fast, 0.1)
    return {"values": values, "target": target, "goal": goal, "taken": taken, "loss": loss}


def reinforce() -> dict[str, Any]:
    policy, baseline = mlp(3, 6, 2), mlp(3, 6, 1)
    optimizer = torch.optim.Adam([*policy.parameters(), *baseline.parameters()])
    state, chances, guesses, rewards = torch.randn(3), [], [], []
    for _ in range(4):
        choice = Categorical(logits=policy(state))
        action = choice.sample()
        chances.append(choice.log_prob(action))
        guesses.append(baseline(state).squeeze())
        rewards.append(1.0 if action.item() == 0 else -0.5)
        state = torch.roll(state, 1) + 0.1 * action
    returns = torch.tensor(rewards).flip(0).cumsum(0).flip(0)
    advantage = returns - torch.stack(guesses)
    loss = -(torch.stack(chances) * advantage.detach()).sum() + advantage.square().sum()
    loss = loss - 0.01 * choice.entropy()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return {"policy": policy, "baseline": baseline, "advantage": advantage, "loss": loss}


def proximal_policy() -> dict[str, Any]:
    policy, spread = mlp(3, 6, 2), torch.nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adam([*policy.parameters(), spread], lr=0.05)
    states, gains = torch.randn(5, 3), torch.randn(5)
    with torch.no_grad():
        old = Normal(policy(states), spread.exp())
        actions = old.sample()
    for _ in range(2):
        new = Normal(policy(states), spread.exp())
        ratio = (new.log_prob(actions) - old.log_prob(actions)).sum(-1).exp()
        gain = torch.minimum(ratio * gains, ratio.clamp(0.8, 1.2) * gains).mean()
        drift = kl_divergence(old, new).mean()
        loss = drift - gain
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"policy": policy, "spread": spread, "ratio": ratio, "loss": loss}


MODELS = (deep_q_learning, reinforce, proximal_policy)
