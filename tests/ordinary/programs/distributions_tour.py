import torch
import torch.distributions as dist
from torch.distributions import Bernoulli, Independent, MultivariateNormal, Normal, TransformedDistribution, kl_divergence
from torch.distributions.transforms import AffineTransform, ExpTransform
from torch.distributions import constraints

mu = torch.tensor(0.5, requires_grad=True)
p, q = Normal(mu, 1.0), Normal(0.0, 2.0)
kl = kl_divergence(p, q)
kl.backward()
print(kl.item(), mu.grad, p.rsample((2,)), p)
print(Bernoulli(logits=torch.tensor([0.0, 1.0])).log_prob(torch.tensor([1.0, 0.0])))
print(MultivariateNormal(torch.zeros(2), torch.eye(2)).sample().shape)
lognormal = TransformedDistribution(Normal(0.0, 1.0), [AffineTransform(1.0, 2.0), ExpTransform()])
print(lognormal.log_prob(torch.tensor(2.0)))
print(Independent(Normal(torch.zeros(3), 1.0), 1).entropy(), dist.Categorical(torch.ones(4)).entropy())
print(dist.Dirichlet(torch.ones(3)).mean, dist.Beta(2.0, 3.0).variance, dist.Poisson(3.0).sample(), dist.Gamma(1.0, 1.0).rsample())
try:
    Normal(0.0, -1.0)
except ValueError as e:
    print("ValueError")
print(constraints.positive.check(torch.tensor([1.0, -1.0])))
mixture = dist.MixtureSameFamily(dist.Categorical(torch.ones(2)), Normal(torch.tensor([-1.0, 1.0]), 0.1))
print(mixture.sample((3,)).shape)
