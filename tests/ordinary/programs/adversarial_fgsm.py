import torch
import torch.nn as nn
import torch.nn.functional as F

epsilons = [0, .1, .3]
model = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3), nn.LogSoftmax(dim=1))
model.eval()


def fgsm_attack(image, epsilon, data_grad):
    sign_data_grad = data_grad.sign()
    perturbed_image = image + epsilon * sign_data_grad
    perturbed_image = torch.clamp(perturbed_image, 0, 1)
    return perturbed_image


def test(model, data, target, epsilon):
    data.requires_grad = True
    output = model(data)
    init_pred = output.max(1, keepdim=True)[1]
    loss = F.nll_loss(output, target)
    model.zero_grad()
    loss.backward()
    data_grad = data.grad.data
    perturbed = fgsm_attack(data, epsilon, data_grad)
    final_pred = model(perturbed).max(1, keepdim=True)[1]
    return init_pred.item(), final_pred.item(), perturbed.squeeze().detach().numpy().mean()


for eps in epsilons:
    print("Epsilon: {}\t{}".format(eps, test(model, torch.full((1, 1, 4, 4), 0.5), torch.tensor([1]), eps)[:2]))
