import assert from "node:assert/strict";
import { it } from "node:test";
import {
  type Seq2seqArgs,
  targets,
  tokenAccuracy,
  tokenLoss,
  useFusedKernels,
} from "attention-lab";
import * as tf from "@tensorflow/tfjs-node";
import { assertClose, flat, ids, tinyModel } from "./layer-helpers";

const forms: Partial<Seq2seqArgs>[] = [
  { dropoutRate: 0.2 },
  { numLayers: 2, resetAfter: true },
  { attention: "none" },
  { attention: "localMonotonic", halfWidth: 1 },
  { attention: "localPredictive", halfWidth: 2 },
  { attention: "multiHead", heads: 2 },
];

/** Logits before, losses in, and logits after a little training on the backend of that name. */
async function trainedOn(backend: string, form: Partial<Seq2seqArgs>) {
  await tf.setBackend(backend);
  assert.equal(tf.getBackend(), backend);
  const model = tinyModel({ ...form, seed: 3 });
  model.compile({ optimizer: tf.train.sgd(1), loss: tokenLoss, metrics: [tokenAccuracy] });
  const sources = [[4, 5, 6, 7], [8, 4], [5, 5, 5]]; // prettier-ignore
  const xs = [ids(sources), ids([[1, 4, 5], [1], [1, 6, 6, 7]])]; // prettier-ignore
  const ys = targets([[4, 5, 2], [2], [6, 6, 7, 2]]); // prettier-ignore
  const before = flat(model.predict(xs) as tf.Tensor);
  const { history } = await model.fit(xs, ys, { epochs: 2, shuffle: false, verbose: 0 });
  return { before, losses: history.loss as number[], after: flat(model.predict(xs) as tf.Tensor) };
}

for (const form of forms) {
  it(`tfjs's own cpu backend gives the same numbers to 1e-5: ${JSON.stringify(form)}`, async () => {
    const native = await trainedOn("tensorflow", form);
    const cpu = await trainedOn("cpu", form);
    assertClose(cpu.before, native.before, 1e-5);
    assertClose(cpu.losses, native.losses, 1e-5);
    assertClose(cpu.after, native.after, 1e-5);
    assert.ok(native.losses[1] < native.losses[0], "a step of training lowers the loss");
  });
}

it("fused kernels are refused where they cannot run", async () => {
  await tf.setBackend("cpu");
  useFusedKernels(true);
  try {
    assert.throws(
      () => tinyModel().predict([ids([[4]]), ids([[1]])]),
      /useFusedKernels\(true\).*"tensorflow".*"cpu"/,
    );
  } finally {
    useFusedKernels("auto");
  }
});
