"""The model in PyTorch, eager. The argument `packed` packs the source, else it is padded."""

import sys

import torch
from common import START, serve
from torch import nn
from torch.nn import functional as F


class Encoder(nn.Module):
    """Embedding → Dropout → GRU → Dense."""

    def __init__(self, vocab_size, embedding_dim, hidden_dim, dropout, packed):
        super().__init__()
        self.packed = packed
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRU(embedding_dim, hidden_dim, batch_first=True)
        self.dense = nn.Linear(hidden_dim, hidden_dim)

    def forward(self, source):
        mask = source != 0  # [batch, time]
        run = self.run_packed if self.packed else self.run_padded
        outputs, state = run(self.dropout(self.embedding(source)), mask.sum(1))
        return self.dense(outputs), mask, state

    def run_packed(self, embedded, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(
            embedded, lengths, batch_first=True, enforce_sorted=False
        )
        outputs, state = self.gru(packed)
        outputs, _ = nn.utils.rnn.pad_packed_sequence(
            outputs, batch_first=True, total_length=embedded.shape[1]
        )
        return outputs, state[0]

    def run_padded(self, embedded, lengths):
        outputs, _ = self.gru(embedded)
        return outputs, outputs[torch.arange(len(outputs)), lengths - 1]


class Attention(nn.Module):
    """Additive attention: V·tanh(W1·query + W2·values), softmax, weighted sum."""

    def __init__(self, hidden_dim):
        super().__init__()
        self.W1 = nn.Linear(hidden_dim, hidden_dim, bias=False)
        self.W2 = nn.Linear(hidden_dim, hidden_dim)
        self.V = nn.Linear(hidden_dim, 1, bias=False)

    def forward(self, query, keys, values, padding):
        scores = self.V(torch.tanh(keys + self.W1(query).unsqueeze(1))).squeeze(2)
        weights = scores.masked_fill(padding, float("-inf")).softmax(1)
        return torch.bmm(weights.unsqueeze(1), values).squeeze(1)


class Decoder(nn.Module):
    """Embedding → Dropout → [embedding; context] → GRU cell → Dense, step by step."""

    def __init__(self, vocab_size, embedding_dim, hidden_dim, dropout):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.dropout = nn.Dropout(dropout)
        self.attention = Attention(hidden_dim)
        self.cell = nn.GRUCell(embedding_dim + hidden_dim, hidden_dim)
        self.dense = nn.Linear(hidden_dim, vocab_size)

    def forward(self, tokens, values, mask, state):
        keys, padding = self.attention.W2(values), ~mask
        states = []
        for embedded in self.dropout(self.embedding(tokens)).unbind(1):
            context = self.attention(state, keys, values, padding)
            state = self.cell(torch.cat([embedded, context], 1), state)
            states.append(state)
        return self.dense(torch.stack(states, 1))

    def greedy(self, values, mask, state, steps):
        keys, padding = self.attention.W2(values), ~mask
        tokens = torch.full((len(values),), START)
        answer = []
        for _ in range(steps):
            context = self.attention(state, keys, values, padding)
            state = self.cell(torch.cat([self.embedding(tokens), context], 1), state)
            tokens = self.dense(state).argmax(1)
            answer.append(tokens)
        return torch.stack(answer, 1)


class Learner:
    def __init__(self, job, packed):
        torch.manual_seed(job.seed)
        self.encoder = Encoder(job.sourceVocab, job.embeddingDim, job.hiddenDim, job.dropout, packed)
        self.decoder = Decoder(job.targetVocab, job.embeddingDim, job.hiddenDim, job.dropout)
        self.model = nn.ModuleList([self.encoder, self.decoder])
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused=True)
        self.parameters = sum(p.numel() for p in self.model.parameters())
        self.target_time = job.target_time

    def tensors(self, source, tokens, targets):
        longest = (source != 0).sum(1).max()
        return self.source_tensor(source[:, :longest]), torch.tensor(tokens), torch.tensor(targets).long()

    def source_tensor(self, source):
        return torch.tensor(source)

    def step(self, batch, rate):
        source, tokens, targets = batch
        self.model.train()
        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.zero_grad()
        logits = self.decoder(tokens, *self.encoder(source))
        loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=0)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def greedy(self, source):
        self.model.eval()
        return self.decoder.greedy(*self.encoder(source), self.target_time).numpy()


packed = "packed" in sys.argv
serve(
    lambda job: Learner(job, packed),
    {
        "version": f"PyTorch {torch.__version__}",
        "execution": f"eager, {'packed' if packed else 'padded'} source, Adam fused",
        "gru": "reset-after",
        "biases": "GRUs two each; W1 and V none",
        "masking": "attention masked; state at the last real token; loss over real tokens",
        "threads": str(torch.get_num_threads()),
    },
)
