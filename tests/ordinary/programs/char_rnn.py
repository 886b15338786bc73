import torch
import torch.nn as nn
import string
import random

all_letters = string.ascii_letters + " .,;'"
n_letters = len(all_letters)


def letterToIndex(letter):
    return all_letters.find(letter)


def lineToTensor(line):
    tensor = torch.zeros(len(line), 1, n_letters)
    for li, letter in enumerate(line):
        tensor[li][0][letterToIndex(letter)] = 1
    return tensor


class RNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(RNN, self).__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def forward(self, input, hidden):
        combined = torch.cat((input, hidden), 1)
        hidden = self.i2h(combined)
        output = self.i2o(combined)
        output = self.softmax(output)
        return output, hidden

    def initHidden(self):
        return torch.zeros(1, self.hidden_size)


category_lines = {"Dutch": ["Aalst", "Peij"], "Greek": ["Adamos", "Zouvelos"]}
all_categories = list(category_lines.keys())
rnn = RNN(n_letters, 8, len(all_categories))
criterion = nn.NLLLoss()
learning_rate = 0.005


def train(category_tensor, line_tensor):
    hidden = rnn.initHidden()
    rnn.zero_grad()
    for i in range(line_tensor.size()[0]):
        output, hidden = rnn(line_tensor[i], hidden)
    loss = criterion(output, category_tensor)
    loss.backward()
    for p in rnn.parameters():
        p.data.add_(p.grad.data, alpha=-learning_rate)
    return output, loss.item()


for it in range(1, 5):
    category = random.choice(all_categories)
    line = random.choice(category_lines[category])
    output, loss = train(torch.tensor([all_categories.index(category)], dtype=torch.long), lineToTensor(line))
    top_n, top_i = output.topk(1)
    guess = all_categories[top_i[0].item()]
    correct = '✓' if guess == category else '✗ (%s)' % category
    print('%d %.4f %s / %s %s' % (it, loss, line, guess, correct))
