import numpy as np
import torch
import torch.nn as nn

t = np.linspace(0, 6, 20)
series = np.sin(t).astype(np.float32)


def create_inout_sequences(input_data, tw):
    inout_seq = []
    L = len(input_data)
    for i in range(L - tw):
        inout_seq.append((torch.FloatTensor(input_data[i:i + tw]), torch.FloatTensor(input_data[i + tw:i + tw + 1])))
    return inout_seq


class LSTM(nn.Module):
    def __init__(self, input_size=1, hidden_layer_size=4, output_size=1):
        super().__init__()
        self.hidden_layer_size = hidden_layer_size
        self.lstm = nn.LSTM(input_size, hidden_layer_size)
        self.linear = nn.Linear(hidden_layer_size, output_size)
        self.hidden_cell = (torch.zeros(1, 1, self.hidden_layer_size), torch.zeros(1, 1, self.hidden_layer_size))

    def forward(self, input_seq):
        lstm_out, self.hidden_cell = self.lstm(input_seq.view(len(input_seq), 1, -1), self.hidden_cell)
        predictions = self.linear(lstm_out.view(len(input_seq), -1))
        return predictions[-1]


model, loss_function = LSTM(), nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for i, (seq, labels) in enumerate(create_inout_sequences(series, 5)[:3]):
    optimizer.zero_grad()
    model.hidden_cell = (torch.zeros(1, 1, model.hidden_layer_size), torch.zeros(1, 1, model.hidden_layer_size))
    y_pred = model(seq)
    single_loss = loss_function(y_pred, labels)
    single_loss.backward()
    optimizer.step()
    print(f'epoch: {i:3} loss: {single_loss.item():10.8f}')
