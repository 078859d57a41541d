// TensorFlow reads these settings once, when tfjs-node loads it, so they stand before the import.
// One thread: the course's tensors are small, and sharing one among threads costs more than it
// saves; it also makes every run with the same seed give the same bits.
process.env.TF_NUM_INTRAOP_THREADS ??= "1";
// TensorFlow's matrix products for AVX-512 do not survive a signal: one that arrives in the middle
// (■ sends one) damages the process's memory. Those for AVX2 do, and are as fast here.
process.env.ONEDNN_MAX_CPU_ISA ??= "AVX2";
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

import * as tf from "@tensorflow/tfjs-node";

export { tf };
