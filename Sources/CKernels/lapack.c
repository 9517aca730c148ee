// The decompositions of OpenBLAS, by the Fortran interface with 32-bit integers.
// Source: https://github.com/Reference-LAPACK/lapack/blob/v3.12.0/SRC/dgesdd.f (and the files beside it)
#include "CLapack.h"

#include <dlfcn.h>
#include <pthread.h>

#include "openblas.h"

/// Constants of the CBLAS interface.
enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111, TRANSPOSE = 112, UPPER = 121 };

typedef void (*dgemm_function)(
  int, int, int, int, int, int, double, const double *, int, const double *, int, double,
  double *, int);
typedef void (*sgemm_function)(
  int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *,
  int);
typedef void (*dsyrk_function)(
  int, int, int, int, int, double, const double *, int, double, double *, int);
typedef void (*geqrf_function)(
  const int *, const int *, void *, const int *, void *, void *, const int *, int *);
typedef void (*orgqr_function)(
  const int *, const int *, const int *, void *, const int *, const void *, void *, const int *,
  int *);
typedef void (*syevd_function)(
  const char *, const char *, const int *, double *, const int *, double *, double *, const int *,
  int *, const int *, int *, size_t, size_t);
typedef void (*gesdd_function)(
  const char *, const int *, const int *, double *, const int *, double *, double *, const int *,
  double *, const int *, double *, const int *, int *, int *, size_t);

static struct {
  dgemm_function dgemm;
  sgemm_function sgemm;
  dsyrk_function dsyrk;
  geqrf_function geqrf[2];  // float32, float64
  orgqr_function orgqr[2];
  syevd_function syevd;
  gesdd_function gesdd;
  bool is_complete;
} blas;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void) {
  if (!weft_openblas_load()) return;
  blas.dgemm = (dgemm_function)weft_openblas_symbol("cblas_dgemm");
  blas.sgemm = (sgemm_function)weft_openblas_symbol("cblas_sgemm");
  blas.dsyrk = (dsyrk_function)weft_openblas_symbol("cblas_dsyrk");
  blas.geqrf[0] = (geqrf_function)weft_openblas_symbol("sgeqrf_");
  blas.geqrf[1] = (geqrf_function)weft_openblas_symbol("dgeqrf_");
  blas.orgqr[0] = (orgqr_function)weft_openblas_symbol("sorgqr_");
  blas.orgqr[1] = (orgqr_function)weft_openblas_symbol("dorgqr_");
  blas.syevd = (syevd_function)weft_openblas_symbol("dsyevd_");
  blas.gesdd = (gesdd_function)weft_openblas_symbol("dgesdd_");
  blas.is_complete = blas.dgemm && blas.sgemm && blas.dsyrk && blas.geqrf[0] && blas.geqrf[1] &&
                     blas.orgqr[0] && blas.orgqr[1] && blas.syevd && blas.gesdd;
}

bool weft_lapack_load(void) {
  pthread_once(&once, load);
  return blas.is_complete;
}

void weft_lapack_gemm(const weft_gemm_call *call) {
  int ta = call->transpose_a ? TRANSPOSE : NO_TRANSPOSE;
  int tb = call->transpose_b ? TRANSPOSE : NO_TRANSPOSE;
  int m = (int)call->m, n = (int)call->n, k = (int)call->k;
  int as = (int)call->a_stride, bs = (int)call->b_stride, cs = (int)call->c_stride;
  if (call->is_wide) {
    blas.dgemm(
      ROW_MAJOR, ta, tb, m, n, k, call->alpha, call->a, as, call->b, bs, call->beta, call->c, cs);
  } else {
    blas.sgemm(
      ROW_MAJOR, ta, tb, m, n, k, (float)call->alpha, call->a, as, call->b, bs,
      (float)call->beta, call->c, cs);
  }
}

void weft_lapack_add_gram(
    const double *a, size_t a_stride, bool of_columns, size_t n, size_t k, double *c) {
  blas.dsyrk(
    ROW_MAJOR, UPPER, of_columns ? TRANSPOSE : NO_TRANSPOSE, (int)n, (int)k, 1, a, (int)a_stride,
    1, c, (int)n);
}

int weft_lapack_geqrf(
    bool is_wide, size_t m, size_t n, void *a, void *tau, void *work, ptrdiff_t work_count) {
  int rows = (int)m, columns = (int)n, count = (int)work_count, info = 0;
  blas.geqrf[is_wide](&rows, &columns, a, &rows, tau, work, &count, &info);
  return info;
}

int weft_lapack_orgqr(
    bool is_wide, size_t m, size_t n, void *a, const void *tau, void *work,
    ptrdiff_t work_count) {
  int rows = (int)m, columns = (int)n, count = (int)work_count, info = 0;
  blas.orgqr[is_wide](&rows, &columns, &columns, a, &rows, tau, work, &count, &info);
  return info;
}

int weft_lapack_syevd(
    size_t n, double *a, double *values, double *work, ptrdiff_t work_count, int *integers,
    ptrdiff_t integer_count) {
  int size = (int)n, count = (int)work_count, others = (int)integer_count, info = 0;
  blas.syevd(
    "V", "L", &size, a, &size, values, work, &count, integers, &others, &info, 1, 1);
  return info;
}

int weft_lapack_gesdd(
    size_t n, double *a, double *values, double *u, double *vt, double *work,
    ptrdiff_t work_count, int *integers) {
  int size = (int)n, count = (int)work_count, info = 0;
  blas.gesdd(
    "S", &size, &size, a, &size, values, u, &size, vt, &size, work, &count, integers, &info, 1);
  return info;
}
