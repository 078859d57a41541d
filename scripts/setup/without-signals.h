// Compiled into tfjs-node's addon, in front of its own source (`addon.mjs`): no thread takes signals
// while it computes for TensorFlow.
//
// The matrix products of oneDNN before version 3.12 put the stack pointer on the heap. A signal that
// the thread takes then (Ctrl+C and the notebook's stop button send one) writes into other memory:
// numbers go wrong, or the process dies. So signals are blocked during the calls that compute, and
// during those that start TensorFlow's own threads, which stay as they were born. Another thread of
// Node takes a signal to the process; one to this thread (a profiler's) waits for the call's end.
// Source: oneDNN, issue 4845 and pull request 4855.
#pragma once
#ifdef __cplusplus
#include <csignal>
#include <initializer_list>

#include "tensorflow/c/c_api.h"
#include "tensorflow/c/eager/c_api.h"

/** Blocks signals as long as it lives, except those that a fault of the thread itself raises. */
class WithoutSignals {
 public:
  WithoutSignals() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP}) sigdelset(&all, fault);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// A temporary lives to the end of the statement that makes it.
#define TFE_NewContext (WithoutSignals(), TFE_NewContext)
#define TFE_Execute (WithoutSignals(), TFE_Execute)
#define TF_LoadSessionFromSavedModel (WithoutSignals(), TF_LoadSessionFromSavedModel)
#define TF_NewSession (WithoutSignals(), TF_NewSession)
#define TF_SessionRun (WithoutSignals(), TF_SessionRun)
#endif
