// TensorFlow reads these settings once, when tfjs-node loads it, so they stand before the import.
// One thread: the course's tensors are small, and sharing one among threads costs more than it
// saves; it also makes every run with the same seed give the same bits.
process.env.TF_NUM_INTRAOP_THREADS ??= "1";
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";

import * as tf from "@tensorflow/tfjs-node";

export { tf };
