// OpenBLAS is loaded when it is first needed: linking it would add about 4 ms to the start of every
// process.
#include <dlfcn.h>
#include <pthread.h>

#include "openblas.h"

/// Constants of the CBLAS interface.
enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112 };

typedef void (*dgemm_function)(
  int order, int transpose_a, int transpose_b, int m, int n, int k, double alpha, const double *a,
  int lda, const double *b, int ldb, double beta, double *c, int ldc);
typedef void (*set_threads_function)(int count);

static void *library;
static dgemm_function dgemm;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) library = dlopen("libopenblas.so", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return;
  set_threads_function set_threads =
    (set_threads_function)dlsym(library, "openblas_set_num_threads");
  if (set_threads == NULL) return;
  set_threads(1);  // the threads are the caller's, so that sums do not depend on their number
  dgemm = (dgemm_function)dlsym(library, "cblas_dgemm");
}

void *weft_openblas_symbol(const char *name) { return dlsym(library, name); }

bool weft_openblas_load(void) {
  pthread_once(&once, load);
  return dgemm != NULL;
}

const char *weft_openblas_config(void) {
  const char *(*config)(void) = weft_openblas_load() ? (const char *(*)(void))dlsym(library, "openblas_get_config") : NULL;
  return config ? config() : NULL;
}

void weft_openblas_dgemm(const weft_dgemm_call *call) {
  dgemm(
    ROW_MAJOR, call->transpose_a ? TRANSPOSE : NO_TRANSPOSE,
    call->transpose_b ? TRANSPOSE : NO_TRANSPOSE, (int)call->m, (int)call->n, (int)call->k,
    call->alpha, call->a, (int)call->a_stride, call->b, (int)call->b_stride, call->beta, call->c,
    (int)call->c_stride);
}
