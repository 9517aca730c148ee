// Dense linear algebra of OpenBLAS: products and decompositions in float32 and float64.
//
// Matrices of products are row-major, those of decompositions column-major as LAPACK has them. Sizes fit 32 bits.
#ifndef WEFT_LAPACK_H
#define WEFT_LAPACK_H

#include <stdbool.h>
#include <stddef.h>

/// A row-major product c = alpha * op(a) * op(b) + beta * c; the elements are float64 when wide, else float32.
typedef struct weft_gemm_call {
  bool is_wide;
  bool transpose_a, transpose_b;
  size_t m, n, k;
  double alpha;
  const void *a;
  size_t a_stride;
  const void *b;
  size_t b_stride;
  double beta;
  void *c;
  size_t c_stride;
} weft_gemm_call;

/// Loads the functions on first use, with one thread a call; false when one of them is not there.
bool weft_lapack_load(void);

/// What OpenBLAS tells of itself, the version first; NULL when it is not there.
const char *weft_openblas_config(void);

/// Runs a product; weft_lapack_load has answered true, as for everything below.
void weft_lapack_gemm(const weft_gemm_call *call);

/// Adds the Gram matrix of float64 values: c += transposed(a) * a with a [k, n], or a * transposed(a) with a [n, k]; only
/// the upper triangle of c [n, n] is written.
void weft_lapack_add_gram(
  const double *a, size_t a_stride, bool of_columns, size_t n, size_t k, double *c);

/// The functions below answer LAPACK's info, 0 for success. With a work_count of -1 they only write the best one to work[0].

/// QR decomposition of a column-major matrix [m, n].
int weft_lapack_geqrf(
  bool is_wide, size_t m, size_t n, void *a, void *tau, void *work, ptrdiff_t work_count);

/// Makes Q [m, n] of what geqrf left.
int weft_lapack_orgqr(
  bool is_wide, size_t m, size_t n, void *a, const void *tau, void *work, ptrdiff_t work_count);

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix whose lower triangle, column-major, is given.
int weft_lapack_syevd(
  size_t n, double *a, double *values, double *work, ptrdiff_t work_count, int *integers,
  ptrdiff_t integer_count);

/// Singular values, descending, and vectors of a column-major square matrix, which is overwritten; integers has 8 n.
int weft_lapack_gesdd(
  size_t n, double *a, double *values, double *u, double *vt, double *work,
  ptrdiff_t work_count, int *integers);

#endif
