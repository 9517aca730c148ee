// The functions of oneDNN that are used, found when the library is loaded.
#ifndef WEFT_ONEDNN_LIBRARY_H
#define WEFT_ONEDNN_LIBRARY_H

#include <oneapi/dnnl/dnnl.h>

#include "include/COneDNN.h"

#define WEFT_ONEDNN_FUNCTIONS(X) \
  X(engine_create) \
  X(stream_create) \
  X(stream_wait) \
  X(version) \
  X(set_max_cpu_isa) \
  X(memory_create) \
  X(memory_destroy) \
  X(memory_set_data_handle) \
  X(memory_get_data_handle) \
  X(memory_desc_init_by_tag) \
  X(memory_desc_init_by_strides) \
  X(memory_desc_equal) \
  X(memory_desc_get_size) \
  X(convolution_forward_desc_init) \
  X(matmul_desc_init) \
  X(post_ops_create) \
  X(post_ops_destroy) \
  X(post_ops_append_eltwise) \
  X(post_ops_append_sum) \
  X(primitive_attr_create) \
  X(primitive_attr_destroy) \
  X(primitive_attr_set_post_ops) \
  X(primitive_attr_set_output_scales) \
  X(primitive_desc_create) \
  X(primitive_desc_destroy) \
  X(primitive_desc_query_md) \
  X(primitive_create) \
  X(primitive_destroy) \
  X(primitive_execute) \
  X(reorder_primitive_desc_create)

/// The library's functions, with its engine and stream.
typedef struct weft_onednn_library {
#define WEFT_DECLARE(name) __typeof__(dnnl_##name) *name;
  WEFT_ONEDNN_FUNCTIONS(WEFT_DECLARE)
#undef WEFT_DECLARE
  void (*set_thread_count)(int);
  int (*thread_number)(void);
  void (*parallel)(void (*body)(void *), void *context, unsigned threads, unsigned flags);
  dnnl_engine_t engine;
} weft_onednn_library;

/// The loaded library; only after weft_onednn_load has answered true.
extern weft_onednn_library weft_dnnl;

/// oneDNN's name of a type.
dnnl_data_type_t weft_dnnl_type(weft_onednn_type type);

/// A stream of the calling thread's own.
dnnl_stream_t weft_dnnl_stream(void);

/// Runs a primitive to its end on so many threads.
dnnl_status_t weft_dnnl_execute(dnnl_primitive_t primitive, int count, const dnnl_exec_arg_t *arguments);

/// Copies memory into another order and type.
dnnl_status_t weft_dnnl_move(dnnl_memory_t source, const dnnl_memory_desc_t *source_order, dnnl_memory_t target,
  const dnnl_memory_desc_t *target_order);

#endif
