#include "include/COneDNN.h"

#ifdef WEFT_ONEDNN

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

#include "library.h"

weft_onednn_library weft_dnnl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_loaded;
static weft_onednn_isa wanted_isa;

/// Finds all functions; the libraries of OpenMP are found through the one that needs them.
static bool find_functions(void *handle) {
#define WEFT_FIND(name) \
  weft_dnnl.name = (__typeof__(weft_dnnl.name))dlsym(handle, "dnnl_" #name); \
  if (!weft_dnnl.name) return false;
  WEFT_ONEDNN_FUNCTIONS(WEFT_FIND)
#undef WEFT_FIND
  weft_dnnl.set_thread_count = (__typeof__(weft_dnnl.set_thread_count))dlsym(handle, "omp_set_num_threads");
  weft_dnnl.thread_number = (__typeof__(weft_dnnl.thread_number))dlsym(handle, "omp_get_thread_num");
  weft_dnnl.parallel = (__typeof__(weft_dnnl.parallel))dlsym(handle, "GOMP_parallel");
  return weft_dnnl.set_thread_count && weft_dnnl.thread_number && weft_dnnl.parallel;
}

/// How often a worker of libgomp looks for work before it sleeps. By itself it looks for a second or more, which on cores that
/// other programs use, too, takes ten times as long as the work.
static const char *const spin_count = "1000";

static void load(void) {
  setenv("GOMP_SPINCOUNT", spin_count, 0);  // what the user has set stays
  // The number is that of the interface that this file was compiled with.
  void *handle = dlopen("libdnnl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (!handle || !find_functions(handle)) return;
  static const dnnl_cpu_isa_t limits[] = {dnnl_cpu_isa_sse41, dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx512_core};
  if (wanted_isa < WEFT_ONEDNN_ALL) weft_dnnl.set_max_cpu_isa(limits[wanted_isa]);
  is_loaded = weft_dnnl.engine_create(&weft_dnnl.engine, dnnl_cpu, 0) == dnnl_success;
}

bool weft_onednn_is_built(void) { return true; }

bool weft_onednn_load(weft_onednn_isa isa) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  wanted_isa = isa;  // the first call's counts
  pthread_once(&once, load);
  pthread_mutex_unlock(&lock);
  return is_loaded;
}

void weft_onednn_version(int version[3]) {
  const dnnl_version_t *found = weft_dnnl.version();
  version[0] = found->major;
  version[1] = found->minor;
  version[2] = found->patch;
}

/// A call of weft_onednn_perform.
typedef struct performance {
  void (*body)(void *context, int worker);
  void *context;
} performance;

static void perform_one(void *raw) {
  performance *call = raw;
  call->body(call->context, weft_dnnl.thread_number());
}

void weft_onednn_perform(int workers, void (*body)(void *context, int worker), void *context) {
  performance call = {body, context};
  weft_dnnl.parallel(perform_one, &call, (unsigned)workers, 0);
}

dnnl_data_type_t weft_dnnl_type(weft_onednn_type type) {
  static const dnnl_data_type_t types[] = {dnnl_f32, dnnl_bf16, dnnl_s8};
  return types[type];
}

dnnl_stream_t weft_dnnl_stream(void) {
  static _Thread_local dnnl_stream_t stream;
  if (!stream) weft_dnnl.stream_create(&stream, weft_dnnl.engine, dnnl_stream_default_flags);
  return stream;
}

dnnl_status_t weft_dnnl_execute(dnnl_primitive_t primitive, int count, const dnnl_exec_arg_t *arguments) {
  dnnl_stream_t stream = weft_dnnl_stream();
  if (!stream) return dnnl_out_of_memory;
  dnnl_status_t status = weft_dnnl.primitive_execute(primitive, stream, count, arguments);
  return status == dnnl_success ? weft_dnnl.stream_wait(stream) : status;
}

dnnl_status_t weft_dnnl_move(dnnl_memory_t source, const dnnl_memory_desc_t *source_order, dnnl_memory_t target,
  const dnnl_memory_desc_t *target_order) {
  dnnl_primitive_desc_t description = NULL;
  dnnl_primitive_t primitive = NULL;
  dnnl_status_t status = weft_dnnl.reorder_primitive_desc_create(
    &description, source_order, weft_dnnl.engine, target_order, weft_dnnl.engine, NULL);
  if (status == dnnl_success) status = weft_dnnl.primitive_create(&primitive, description);
  if (status == dnnl_success) {
    dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}};
    status = weft_dnnl_execute(primitive, 2, arguments);
  }
  if (primitive) weft_dnnl.primitive_destroy(primitive);
  if (description) weft_dnnl.primitive_desc_destroy(description);
  return status;
}

#endif
