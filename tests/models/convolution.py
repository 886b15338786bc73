"""Convolutional networks: residual, U-shaped, plain, depthwise and densely connected."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Tensor = torch.Tensor


class Basic(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, inside: int, outside: int, stride: int = 1) -> None:
        super().__init__()
        self.first = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.second = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList(nn.BatchNorm2d(outside) for _ in range(2))
        self.around = nn.Conv2d(inside, outside, 1, stride, bias=False) if inside != outside else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norms[0](self.first(x)))
        return F.relu(self.norms[1](self.second(y)) + self.around(x))


class Bottleneck(nn.Module):
    """Narrow, convolve, widen; rectified in place, as in torchvision."""

    def __init__(self, width: int, narrow: int) -> None:
        super().__init__()
        sizes = ((width, narrow, 1), (narrow, narrow, 3), (narrow, width, 1))
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, k, padding=k // 2, bias=False) for a, b, k in sizes)
        self.norms = nn.ModuleList(nn.BatchNorm2d(b) for _, b, _ in sizes)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = x
        for position, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            y = norm(convolution(y))
            y = y if position == 2 else self.relu(y)
        y += x
        return self.relu(y)


def classified(model: nn.Module, images: Tensor, optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """Two steps of training on random labels."""
    labels = torch.randint(0, 3, (images.shape[0],))
    losses: list[Tensor] = []
    for _ in range(2):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss)
    return {"model": model, "images": images, **{f"loss{number}": loss for number, loss in enumerate(losses)}}


def resnet_basic() -> dict[str, Any]:
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), Basic(4, 4), Basic(4, 8, 2), Basic(8, 8), *head)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    return classified(model, torch.randn(2, 3, 8, 8), optimizer)


def resnet_bottleneck() -> dict[str, Any]:
    stem = (nn.Conv2d(3, 8, 3, padding=1), nn.MaxPool2d(2))
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    model = nn.Sequential(*stem, Bottleneck(8, 4), Bottleneck(8, 4), Bottleneck(8, 4), *head)
    return classified(
        model, torch.randn(2, 3, 8, 8), torch.optim.SGD(model.parameters(), lr=0.1, nesterov=True, momentum=0.9)
    )


def vgg() -> dict[str, Any]:
    layers: list[nn.Module] = []
    for inside, outside in ((3, 4), (4, 8)):
        layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.ReLU(inplace=True)]
        layers += [nn.Conv2d(outside, outside, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(32, 16), nn.ReLU(True), nn.Dropout(0.5), nn.Linear(16, 3))
    return classified(model, torch.randn(2, 3, 8, 8), torch.optim.Adam(model.parameters()))


class Inverted(nn.Module):
    """Widen, convolve each channel alone, weigh the channels, narrow."""

    def __init__(self, width: int, wide: int) -> None:
        super().__init__()
        self.widen = nn.Sequential(nn.Conv2d(width, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6())
        self.depthwise = nn.Sequential(
            nn.Conv2d(wide, wide, 3, padding=1, groups=wide), nn.BatchNorm2d(wide), nn.Hardswish()
        )
        self.weigh = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(wide, wide, 1), nn.Hardsigmoid())
        self.narrow = nn.Sequential(nn.Conv2d(wide, width, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        y = self.depthwise(self.widen(x))
        return x + self.narrow(y * self.weigh(y))


def mobilenet() -> dict[str, Any]:
    stem, head = nn.Conv2d(3, 4, 3, 2, 1), (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    model = nn.Sequential(stem, Inverted(4, 12), Inverted(4, 12), *head)
    return classified(model, torch.randn(3, 3, 8, 8), torch.optim.RMSprop(model.parameters(), momentum=0.9))


class Dense(nn.Module):
    """Each layer sees what all layers before it gave."""

    def __init__(self, width: int, growth: int, depth: int) -> None:
        super().__init__()
        widths = [width + growth * position for position in range(depth)]
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(w), nn.ReLU(), nn.Conv2d(w, growth, 3, padding=1, bias=False)) for w in widths
        )

    def forward(self, x: Tensor) -> Tensor:
        seen = [x]
        for layer in self.layers:
            seen.append(layer(torch.cat(seen, 1)))
        return torch.cat(seen, 1)


def densenet() -> dict[str, Any]:
    between = nn.Sequential(nn.BatchNorm2d(10), nn.ReLU(), nn.Conv2d(10, 5, 1), nn.AvgPool2d(2))
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(11, 3))
    model = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), Dense(4, 2, 3), between, Dense(5, 2, 3), *head)
    return classified(model, torch.randn(2, 3, 8, 8), torch.optim.AdamW(model.parameters(), amsgrad=True))


class UNet(nn.Module):
    """Down, further down, and up again with what was seen on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.GroupNorm(2, 4), nn.SiLU())
        self.bottom = nn.Sequential(nn.Conv2d(4, 8, 3, padding=1), nn.InstanceNorm2d(8, affine=True), nn.SiLU())
        self.raised = nn.ConvTranspose2d(8, 4, 2, 2)
        self.out = nn.Sequential(nn.Conv2d(12, 4, 3, padding=1), nn.LeakyReLU(0.1), nn.Conv2d(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        first = self.down(x)
        bottom = self.bottom(F.max_pool2d(first, 2))
        stretched = F.interpolate(bottom[:, :4], scale_factor=2, mode="bilinear", align_corners=False)
        return self.out(torch.cat([first, self.raised(bottom), stretched], 1))


def unet() -> dict[str, Any]:
    model, image = UNet(), torch.randn(1, 1, 8, 8)
    mask = (torch.rand(1, 1, 8, 8) > 0.5).float()
    optimizer = torch.optim.Adam(model.parameters())
    predicted = model(image)
    shares = torch.sigmoid(predicted)
    dice = 1 - 2 * (shares * mask).sum() / (shares.sum() + mask.sum())
    loss = F.binary_cross_entropy_with_logits(predicted, mask) + dice
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    return {"model": model, "predicted": predicted, "dice": dice, "loss": loss}


MODELS = (resnet_basic, resnet_bottleneck, vgg, mobilenet, densenet, unet)
