import torch
import torch.nn as nn
import torch.nn.functional as F


def gram_matrix(input):
    a, b, c, d = input.size()
    features = input.view(a * b, c * d)
    G = torch.mm(features, features.t())
    return G.div(a * b * c * d)


class StyleLoss(nn.Module):
    def __init__(self, target_feature):
        super(StyleLoss, self).__init__()
        self.target = gram_matrix(target_feature).detach()

    def forward(self, input):
        G = gram_matrix(input)
        self.loss = F.mse_loss(G, self.target)
        return input


class ContentLoss(nn.Module):
    def __init__(self, target,):
        super(ContentLoss, self).__init__()
        self.target = target.detach()

    def forward(self, input):
        self.loss = F.mse_loss(input, self.target)
        return input


cnn = nn.Conv2d(1, 2, 3).requires_grad_(False).eval()
style, content = torch.rand(1, 1, 6, 6), torch.rand(1, 1, 6, 6)
input_img = content.clone()
style_loss, content_loss = StyleLoss(cnn(style)), ContentLoss(cnn(content))
model = nn.Sequential(cnn, content_loss, style_loss)
input_img.requires_grad_(True)
optimizer = torch.optim.LBFGS([input_img], max_iter=2)
run = [0]
while run[0] <= 4:

    def closure():
        with torch.no_grad():
            input_img.clamp_(0, 1)
        optimizer.zero_grad()
        model(input_img)
        loss = style_loss.loss * 1e3 + content_loss.loss
        loss.backward()
        run[0] += 1
        if run[0] % 2 == 0:
            print("run {}:".format(run))
            print('Style Loss : {:4f} Content Loss: {:4f}'.format(style_loss.loss.item(), content_loss.loss.item()))
        return style_loss.loss + content_loss.loss

    optimizer.step(closure)
