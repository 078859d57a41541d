"""What the Python systems share: the data, the schedule, and how they talk with the driver.

The driver writes a JSON object on a line of stdin, the system answers with one on stdout.
"""

import json
import math
import os
import sys
import time

import numpy as np

START, END = 1, 2


class Job:
    """What to learn: the sizes of the model, rows of ids (0 is padding), and how fast to learn."""

    def __init__(self, file, batch, steps, rounds, learningRate, seed):
        with open(file) as text:
            data = json.load(text)
        for name in ("sourceVocab", "targetVocab", "embeddingDim", "hiddenDim", "dropout"):
            setattr(self, name, data[name])
        self.source_time, self.target_time = data["sourceTime"], data["targetTime"]
        self.sources, self.targets = self.pad(data["sources"]), np.array(data["targets"], "int32")
        held_out = data.get("heldOut")
        if held_out:
            self.held_out_sources = self.pad(held_out["sources"])
            self.held_out_targets = np.array(held_out["targets"], "int32")
        self.batch, self.steps, self.seed = batch, steps, seed
        self.base_rate, self.all_steps = learningRate, steps * rounds

    def pad(self, rows):
        padded = np.zeros((len(rows), self.source_time), "int32")
        for i, row in enumerate(rows):
            padded[i, : len(row)] = row
        return padded

    def arrays(self, step):
        """A step's batch: the source, what the decoder reads, and what it should say."""
        first = step * self.batch % len(self.sources)
        rows = slice(first, first + self.batch)
        targets = self.targets[rows]
        start, end = (np.full((len(targets), 1), token, "int32") for token in (START, END))
        return self.sources[rows], np.hstack([start, targets]), np.hstack([targets, end])

    def rate(self, step):
        """The learning rate falls along half a cosine from its start to 0."""
        return self.base_rate * (1 + math.cos(math.pi * step / self.all_steps)) / 2


class System:
    """Answers the driver's commands with a `learner`: made for a job, it takes steps and decodes."""

    def __init__(self, make_learner):
        self.make_learner = make_learner

    def open(self, **job):
        self.job, self.taken = Job(**job), 0
        self.learner = self.make_learner(self.job)
        return {"parameters": self.learner.parameters}

    def train(self):
        """One round of steps. The batches lie ready as tensors before the clock starts."""
        steps = range(self.taken, self.taken + self.job.steps)
        batches = [self.learner.tensors(*self.job.arrays(step)) for step in steps]
        ms = []
        for step, batch in zip(steps, batches):
            begun = time.perf_counter()
            loss = self.learner.step(batch, self.job.rate(step))
            ms.append(1000 * (time.perf_counter() - begun))
        self.taken += self.job.steps
        return {"ms": ms, "loss": loss}

    def decode(self, batch, repeats):
        """Greedy decoding of one batch, with a step for each target token."""
        sources = self.learner.source_tensor(self.job.sources[:batch])
        ms = []
        for _ in range(repeats):
            begun = time.perf_counter()
            self.learner.greedy(sources)
            ms.append(1000 * (time.perf_counter() - begun))
        return {"ms": ms}

    def evaluate(self):
        """The share of the held-out rows that greedy decoding gets right in every token."""
        tokens = self.learner.greedy(self.learner.source_tensor(self.job.held_out_sources))
        targets = self.job.held_out_targets
        right = (tokens[:, : targets.shape[1]] == targets).all(1) & (tokens[:, targets.shape[1]] == END)
        return {"exactMatch": float(right.mean())}


def serve(make_learner, about):
    """Answers line by line until "quit", or until the driver is gone."""
    # What libraries print to stdout, from Python or from C, would be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(message):
        print(json.dumps(message), file=answers, flush=True)

    system = System(make_learner)
    answer(about)
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("cmd")
        if command == "quit":
            break
        answer(getattr(system, command)(**request))
