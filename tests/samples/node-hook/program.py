import torch

x = torch.tensor(3.0, requires_grad=True)
y = x * 2
y.grad_fn.register_prehook(lambda grad_outputs: (grad_outputs[0] * 10,))
y.grad_fn.register_hook(lambda grad_inputs, grad_outputs: (grad_inputs[0] + 1, None))
y.backward()
print(x.grad)
