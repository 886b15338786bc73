import torch
from torch.func import grad, vmap, jacrev, jacfwd, hessian, functional_call, stack_module_state, vjp, jvp

x = torch.randn(5)
cos_x = grad(lambda x: torch.sin(x))(torch.tensor(1.0))
print(torch.allclose(cos_x, torch.tensor(1.0).cos()))


def model(feature_vec, weights):
    return feature_vec.dot(weights).relu()


weights = torch.randn(5)
examples = torch.randn(3, 5)
print(vmap(model, in_dims=(0, None))(examples, weights))
print(vmap(grad(lambda w, e: model(e, w)), in_dims=(None, 0))(weights, examples).shape)
print(jacrev(torch.sin)(x).diagonal(), jacfwd(torch.sin)(x).shape, hessian(lambda x: x.sin().sum())(x).shape)
outputs, vjp_fn = vjp(torch.sin, x)
print(vjp_fn(torch.ones_like(outputs))[0])
print(jvp(torch.sin, (x,), (torch.ones(5),))[1])
net = torch.nn.Linear(3, 1)
params = {k: v.detach() for k, v in net.named_parameters()}
print(functional_call(net, params, (torch.ones(1, 3),)))
models = [torch.nn.Linear(3, 1) for _ in range(2)]
params, buffers = stack_module_state(models)
print({k: v.shape for k, v in params.items()})
