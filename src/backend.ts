// TensorFlow reads these settings once, when tfjs-node loads it, so they stand before the import.
// One thread: the course's tensors are small, and sharing one among threads costs more than it
// saves; it also makes every run with the same seed give the same bits.
process.env.TF_NUM_INTRAOP_THREADS ??= "1";
// Products of matrices for AVX-512 do not survive a signal (■ sends one), and cannot be mended as
// those for AVX2 are, in products.ts.
process.env.ONEDNN_MAX_CPU_ISA ??= "AVX2";
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

import * as tf from "@tensorflow/tfjs-node";
import { safeSums, surviveSignals } from "./products";

surviveSignals();

export { safeSums, tf };
