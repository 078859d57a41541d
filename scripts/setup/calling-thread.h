// Compiled into tfjs-node's addon, in front of its own source and behind `without-signals.h`: a graph
// whose tag is "calling-thread" is computed by the thread that runs it.
//
// Otherwise TensorFlow hands each run to threads of its own and back again. To wake them takes some
// 50 µs each time, which is as long as a small graph takes to compute; and where each thread of Node
// has a core of its own, they would only be in each other's way.
#pragma once
#ifdef __cplusplus
#include <cstring>

#include "tensorflow/c/c_api.h"

/** The first session decides how many threads TensorFlow has for all: an ordinary one does it. */
static bool MakeOrdinarySession() {
  TF_Status* status = TF_NewStatus();
  TF_SessionOptions* options = TF_NewSessionOptions();
  TF_Graph* graph = TF_NewGraph();
  TF_Session* session = TF_NewSession(graph, options, status);
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteGraph(graph);
  TF_DeleteSessionOptions(options);
  TF_DeleteStatus(status);
  return true;
}

static TF_Session* LoadSession(TF_SessionOptions* options, const TF_Buffer* run_options,
                               const char* folder, const char* const* tags, int tag_count,
                               TF_Graph* graph, TF_Buffer* meta_graph, TF_Status* status) {
  if (tag_count > 0 && strcmp(tags[0], "calling-thread") == 0) {
    static const bool made = MakeOrdinarySession();
    (void)made;
    // ConfigProto, as bytes: inter_op_parallelism_threads = -1.
    const unsigned char config[] = {0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01};
    TF_SetConfig(options, config, sizeof config, status);
    if (TF_GetCode(status) != TF_OK) return nullptr;
  }
  return TF_LoadSessionFromSavedModel(options, run_options, folder, tags, tag_count, graph, meta_graph, status);
}

#undef TF_LoadSessionFromSavedModel
#define TF_LoadSessionFromSavedModel LoadSession
#endif
