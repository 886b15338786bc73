import torch
from torch import nn
import torch.nn.functional as F

embed = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
a, p, n = (torch.randn(5, 4) for _ in range(3))
losses = {
    "triplet": nn.TripletMarginLoss(margin=1.0)(embed(a), embed(p), embed(n)),
    "contrastive": (F.pairwise_distance(embed(a), embed(p)) ** 2).mean(),
    "cosine": nn.CosineEmbeddingLoss()(embed(a), embed(p), torch.ones(5)),
    "margin": nn.MarginRankingLoss()(embed(a)[:, 0], embed(p)[:, 0], torch.ones(5)),
    "hinge": nn.HingeEmbeddingLoss()(embed(a), torch.ones(5, 2)),
    "huber": F.huber_loss(embed(a), torch.zeros(5, 2)),
    "l1": F.l1_loss(embed(a), torch.zeros(5, 2)),
    "kl": F.kl_div(F.log_softmax(embed(a), 1), F.softmax(embed(p), 1), reduction="batchmean"),
    "nll": F.nll_loss(F.log_softmax(embed(a), 1), torch.tensor([0, 1, 0, 1, 0])),
    "multilabel": nn.MultiLabelSoftMarginLoss()(embed(a), torch.ones(5, 2)),
    "poisson": nn.PoissonNLLLoss()(embed(a), torch.ones(5, 2)),
    "gaussian": nn.GaussianNLLLoss()(embed(a), torch.zeros(5, 2), torch.ones(5, 2)),
}
total = sum(losses.values())
total.backward()
for name, loss in losses.items():
    print(f"{name:<12}{loss.item():.6f}")
print(embed[0].weight.grad.norm())
