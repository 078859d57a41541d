"""The model in Keras on TensorFlow: layers, and a training step compiled to a graph.

Arguments: `unrolled` unrolls the encoder's GRU (the decoder's loop is always unrolled); `jit`
compiles with XLA.
"""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf
from common import START, serve
from keras import layers, ops


class Encoder(layers.Layer):
    """Embedding → Dropout → GRU → Dense."""

    def __init__(self, vocab_size, embedding_dim, hidden_dim, dropout, unroll):
        super().__init__()
        self.embedding = layers.Embedding(vocab_size, embedding_dim)
        self.dropout = layers.Dropout(dropout)
        self.gru = layers.GRU(hidden_dim, return_sequences=True, return_state=True, unroll=unroll)
        self.dense = layers.Dense(hidden_dim)

    def call(self, source, training=False):
        mask = ops.not_equal(source, 0)  # [batch, time]
        embedded = self.dropout(self.embedding(source), training=training)
        outputs, state = self.gru(embedded, mask=mask, training=training)
        return self.dense(outputs), mask, state


class Attention(layers.Layer):
    """Additive attention: V·tanh(W1·query + W2·values), softmax, weighted sum."""

    def __init__(self, units):
        super().__init__()
        self.W1 = layers.Dense(units, use_bias=False)
        self.W2 = layers.Dense(units)
        self.V = layers.Dense(1, use_bias=False)

    def call(self, query, keys, values, padding):
        scores = self.V(ops.tanh(keys + ops.expand_dims(self.W1(query), 1)))  # [batch, time, 1]
        weights = ops.softmax(ops.squeeze(scores, 2) + padding)
        return ops.squeeze(ops.matmul(ops.expand_dims(weights, 1), values), 1)


class Decoder(layers.Layer):
    """Embedding → Dropout → [embedding; context] → GRU cell → Dense, step by step."""

    def __init__(self, vocab_size, embedding_dim, hidden_dim, dropout):
        super().__init__()
        self.embedding = layers.Embedding(vocab_size, embedding_dim)
        self.dropout = layers.Dropout(dropout)
        self.attention = Attention(hidden_dim)
        self.cell = layers.GRUCell(hidden_dim)
        self.dense = layers.Dense(vocab_size)

    def remember(self, values, mask):
        padding = -1e9 * (1 - ops.cast(mask, values.dtype))
        return self.attention.W2(values), values, padding

    def next_state(self, embedded, state, memory):
        context = self.attention(state, *memory)
        return self.cell(ops.concatenate([embedded, context], axis=-1), state)[0]

    def call(self, tokens, values, mask, state, training=False):
        memory = self.remember(values, mask)
        embedded = self.dropout(self.embedding(tokens), training=training)
        states = []
        for t in range(tokens.shape[1]):
            state = self.next_state(embedded[:, t], state, memory)
            states.append(state)
        return self.dense(ops.stack(states, axis=1))

    def greedy(self, values, mask, state, steps):
        memory = self.remember(values, mask)
        tokens = ops.full((values.shape[0],), START, dtype="int32")
        answer = []
        for _ in range(steps):
            state = self.next_state(self.embedding(tokens), state, memory)
            tokens = ops.argmax(self.dense(state), axis=-1)
            answer.append(tokens)
        return ops.stack(answer, axis=1)


class Seq2Seq(keras.Model):
    def __init__(self, job, unroll):
        super().__init__()
        self.encoder = Encoder(job.sourceVocab, job.embeddingDim, job.hiddenDim, job.dropout, unroll)
        self.decoder = Decoder(job.targetVocab, job.embeddingDim, job.hiddenDim, job.dropout)
        self.target_time = job.target_time

    def call(self, inputs, training=False):
        source, tokens = inputs
        return self.decoder(tokens, *self.encoder(source, training=training), training=training)

    def greedy(self, source):
        return self.decoder.greedy(*self.encoder(source), self.target_time)


class Learner:
    def __init__(self, job, unroll, jit):
        keras.utils.set_random_seed(job.seed)
        keras.backend.clear_session()
        model = Seq2Seq(job, unroll)
        model([ops.convert_to_tensor(array) for array in job.arrays(0)[:2]])  # makes the weights
        optimizer = keras.optimizers.Adam()
        optimizer.build(model.trainable_variables)
        cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")

        @tf.function(jit_compile=jit)
        def step(source, tokens, targets):
            with tf.GradientTape() as tape:
                logits = model([source, tokens], training=True)
                real = ops.cast(ops.not_equal(targets, 0), logits.dtype)
                loss = cross_entropy(targets, logits, sample_weight=real) / ops.sum(real)
            weights = model.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
            return loss

        self.optimizer, self.run_step = optimizer, step
        self.run_greedy = tf.function(model.greedy, jit_compile=jit)
        self.parameters = model.count_params()

    def tensors(self, *arrays):
        return [tf.constant(array) for array in arrays]

    def source_tensor(self, source):
        return tf.constant(source)

    def step(self, batch, rate):
        self.optimizer.learning_rate.assign(rate)
        return float(self.run_step(*batch))

    def greedy(self, source):
        return self.run_greedy(source).numpy()


unroll, jit = "unrolled" in sys.argv, "jit" in sys.argv
serve(
    lambda job: Learner(job, unroll, jit),
    {
        "version": f"Keras {keras.__version__} on TensorFlow {tf.__version__}",
        "execution": f"{'XLA' if jit else 'graph'}, encoder {'unrolled' if unroll else 'in a loop'}",
        "gru": "reset-after",
        "biases": "GRUs two each; W1 and V none",
        "masking": "GRU and attention masked; loss over real tokens",
        "threads": " and ".join(
            f"{name.lower()} {os.environ.get(f'TF_NUM_{name}OP_THREADS', 'default')}"
            for name in ("INTRA", "INTER")
        ),
    },
)
