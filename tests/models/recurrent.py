"""Recurrent networks: language model, translation with attention, both directions, and gradients cut in time."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

Tensor = torch.Tensor


def lstm_language_model() -> dict[str, Any]:
    embedding, lstm, head = nn.Embedding(11, 8), nn.LSTM(8, 8, 2, batch_first=True, dropout=0.2), nn.Linear(8, 11)
    model = nn.ModuleList([embedding, lstm, head])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    tokens = torch.randint(0, 11, (3, 6))
    for _ in range(2):
        optimizer.zero_grad()
        states, (hidden, cell) = lstm(embedding(tokens[:, :-1]))
        logits = head(states)
        loss = F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
    return {"model": model, "logits": logits, "hidden": hidden, "cell": cell, "norm": norm, "loss": loss}


class Attention(nn.Module):
    """Additive attention of a decoder's state over an encoder's states."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.key, self.query, self.score = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, 1)

    def forward(self, state: Tensor, memory: Tensor) -> Tensor:
        scores = self.score(torch.tanh(self.key(memory) + self.query(state)[:, None])).squeeze(-1)
        return torch.bmm(scores.softmax(-1)[:, None], memory).squeeze(1)


def gru_seq2seq() -> dict[str, Any]:
    source, target = nn.Embedding(7, 6, padding_idx=0), nn.Embedding(9, 6)
    encoder, cell, attention, head = nn.GRU(6, 6, batch_first=True), nn.GRUCell(12, 6), Attention(6), nn.Linear(6, 9)
    model = nn.ModuleList([source, target, encoder, cell, attention, head])
    words, wanted = torch.randint(0, 7, (2, 5)), torch.randint(0, 9, (2, 4))
    memory, last = encoder(source(words))
    state, token, loss = last[0], wanted[:, 0], torch.zeros(())
    for step in range(1, 4):
        state = cell(torch.cat([target(token), attention(state, memory)], -1), state)
        logits = head(state)
        loss = loss + F.cross_entropy(logits, wanted[:, step], label_smoothing=0.1)
        token = wanted[:, step] if torch.rand(()) < 0.5 else logits.argmax(-1)
    loss.backward()
    return {"model": model, "memory": memory, "state": state, "loss": loss}


def bidirectional_rnn() -> dict[str, Any]:
    rnn, head = nn.RNN(4, 5, num_layers=2, bidirectional=True, nonlinearity="relu"), nn.Linear(10, 2)
    sequences = [torch.randn(length, 4) for length in (5, 3, 2)]
    packed = nn.utils.rnn.pack_sequence(sequences)
    states, _ = nn.utils.rnn.pad_packed_sequence(rnn(packed)[0])
    logits = head(states.max(0).values)
    loss = F.nll_loss(F.log_softmax(logits, -1), torch.tensor([0, 1, 1]))
    loss.backward()
    return {"model": nn.ModuleList([rnn, head]), "logits": logits, "loss": loss}


def truncated_bptt() -> dict[str, Any]:
    cell, head = nn.LSTMCell(2, 6), nn.Linear(6, 1)
    model = nn.ModuleList([cell, head])
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.05)
    series = torch.sin(torch.arange(13.0) * 0.5)
    state = (torch.zeros(1, 6), torch.zeros(1, 6))
    for start in range(0, 12, 4):
        state = (state[0].detach(), state[1].detach())
        loss = torch.zeros(())
        for t in range(start, start + 4):
            state = cell(torch.stack([series[t], series[t].square()])[None], state)
            loss = loss + (head(state[0]).squeeze() - series[t + 1]).square()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return {"model": model, "hidden": state[0], "cell": state[1], "loss": loss}


MODELS = (lstm_language_model, gru_seq2seq, bidirectional_rnn, truncated_bptt)
