import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, test } from "node:test";
import { type StepRecord, train, trainingProgress } from "attention-lab";
import { tinyData, tinyModel } from "./seq2seq-helpers";

const require = createRequire(__filename);
const data = tinyData();
const options = { epochs: 2, batchSize: 8, seed: 1 };

/** What is written to stderr while `run` runs. */
async function stderrOf(run: () => Promise<unknown>): Promise<string> {
  const { write } = process.stderr;
  let written = "";
  process.stderr.write = (text: string | Uint8Array) => {
    written += text;
    return true;
  };
  try {
    await run();
  } finally {
    process.stderr.write = write;
  }
  return written;
}

const step: StepRecord = {
  epoch: 2,
  epochs: 4,
  batch: 3,
  batches: 12,
  stepLoss: 0.4,
  loss: 0.5,
  accuracy: 0.75,
  tokensPerSecond: 1234.5,
  secondsLeft: 75.2,
};

test("a step is told in one line: how far, loss, accuracy, time left, speed", async () => {
  const written = await stderrOf(async () => trainingProgress().step(step));
  assert.equal(
    written,
    "██████░░░░░░░░░░░░░░ epoch 2/4 · loss 0.5000 · accuracy 75.00 % · 1 min 15 s left · " +
      "1235 tokens/s\n",
  );
});

test("an epoch is told in one line that stays, with or without validation", async () => {
  const epoch = { epoch: 3, loss: 0.25, accuracy: 0.9, seconds: 12.3 };
  const validation = { validationLoss: 0.5, validationAccuracy: 0.8 };
  const written = await stderrOf(async () => {
    trainingProgress().epoch(epoch);
    trainingProgress().epoch({ ...epoch, ...validation });
  });
  assert.equal(
    written,
    "epoch  3 · loss 0.2500, 90.00 % · 12 s\n" +
      "epoch  3 · loss 0.2500, 90.00 % · validation 0.5000, 80.00 % · 12 s\n",
  );
});

test("a training tells each epoch and its end, unless progress is null", async () => {
  const model = tinyModel(data.vocabularies);
  const written = await stderrOf(() => train(model, data, options));
  assert.match(written, /epoch {2}1 · .*\n(.*\n)?epoch {2}2 · .*\nTrained in [\d.]+ s\.\n$/);
  const quiet = await stderrOf(() => train(model, data, { ...options, progress: null }));
  assert.equal(quiet, "");
});

test("the end says whether it was interrupted, and where the best weights are from", async () => {
  const history = [1, 2, 3].map((epoch) => ({ epoch, loss: 1, accuracy: 0, seconds: 1 }));
  const end = (change: object) =>
    stderrOf(async () =>
      trainingProgress().end({ history, epoch: 3, interrupted: false, seconds: 61, ...change }),
    );
  assert.equal(await end({}), "Trained in 1 min 1 s.\n");
  assert.match(await end({ epoch: 2 }), /the model has its best weights, those of epoch 2/);
  assert.match(await end({ interrupted: true }), /^Interrupted after 1 min 1 s; the model keeps/);
  assert.equal(await end({ failed: true }), "Failed after 1 min 1 s.\n");
  assert.match(await end({ history: [] }), /^Nothing to do/);
});

interface Message {
  data: Record<string, unknown>;
  transient: { display_id: string };
  update: boolean;
}

const jupyter = require("tslab/dist/jupyter");
after(() => (jupyter.lastWriteDisplayData = null));

test("in a notebook two outputs are updated in place: the lines, and the curves", async () => {
  const messages: Message[] = [];
  jupyter.lastWriteDisplayData = (message: Omit<Message, "update">, update: boolean) =>
    messages.push({ ...message, update });
  await train(tinyModel(data.vocabularies), data, options);
  const [first, second] = [...new Set(messages.map(({ transient }) => transient.display_id))];
  const lines = messages.filter(({ transient }) => transient.display_id === first);
  const charts = messages.filter(({ transient }) => transient.display_id === second);
  assert.equal(lines.length + charts.length, messages.length, "two outputs");
  for (const output of [lines, charts]) {
    assert.deepEqual(
      output.map(({ update }) => update),
      output.map((_, index) => index > 0),
    );
  }
  const html = lines[lines.length - 1].data["text/html"] as string;
  assert.match(html, /^<pre>epoch {2}1 · .*\nepoch {2}2 · .*\nTrained in [\d.]+ s\.<\/pre>$/);
  const figure = charts[charts.length - 1].data["application/vnd.plotly.v1+json"] as {
    data: { name: string; x: number[]; y: number[] }[];
  };
  const [training, validation] = figure.data;
  assert.equal(training.name, "training");
  assert.deepEqual(training.x, [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.6, 1.8, 2]);
  assert.deepEqual(validation.x, [1, 2]);
  assert.ok(validation.y.every((loss) => loss > 0));
});
