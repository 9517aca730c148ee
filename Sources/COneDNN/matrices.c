#include "include/COneDNN.h"

#ifdef WEFT_ONEDNN

#include "library.h"

/// Memory that the caller owns, seen in an order.
static dnnl_memory_t view(const dnnl_memory_desc_t *order, const void *values) {
  dnnl_memory_t memory = NULL;
  // oneDNN writes to what it is given as a target alone.
  return weft_dnnl.memory_create(&memory, order, weft_dnnl.engine, (void *)values) == dnnl_success ? memory : NULL;
}

static void end(dnnl_memory_t memory) {
  if (memory) weft_dnnl.memory_destroy(memory);
}

int weft_onednn_multiply(const weft_onednn_product *p) {
  weft_dnnl.set_thread_count(p->threads);
  dnnl_data_type_t type = weft_dnnl_type(p->type);
  dnnl_memory_desc_t a, b, c;
  const dnnl_dims_t a_size = {p->batch, p->m, p->k}, b_size = {p->batch, p->k, p->n}, c_size = {p->batch, p->m, p->n};
  weft_dnnl.memory_desc_init_by_tag(&a, 3, a_size, type, dnnl_abc);
  weft_dnnl.memory_desc_init_by_tag(&b, 3, b_size, type, p->transposes_b ? dnnl_acb : dnnl_abc);
  weft_dnnl.memory_desc_init_by_tag(&c, 3, c_size, type, dnnl_abc);
  dnnl_matmul_desc_t operation;
  dnnl_primitive_desc_t description = NULL;
  dnnl_primitive_t primitive = NULL;
  dnnl_status_t status = weft_dnnl.matmul_desc_init(&operation, &a, &b, NULL, &c);
  if (status == dnnl_success) {
    status = weft_dnnl.primitive_desc_create(&description, &operation, NULL, weft_dnnl.engine, NULL);
  }
  if (status == dnnl_success) status = weft_dnnl.primitive_create(&primitive, description);
  dnnl_memory_t memories[] = {view(&a, p->a), view(&b, p->b), view(&c, p->c)};
  if (status == dnnl_success && !(memories[0] && memories[1] && memories[2])) status = dnnl_out_of_memory;
  if (status == dnnl_success) {
    dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC, memories[0]}, {DNNL_ARG_WEIGHTS, memories[1]}, {DNNL_ARG_DST, memories[2]}};
    status = weft_dnnl_execute(primitive, 3, arguments);
  }
  for (int i = 0; i < 3; i++) end(memories[i]);
  if (primitive) weft_dnnl.primitive_destroy(primitive);
  if (description) weft_dnnl.primitive_desc_destroy(description);
  return status;
}

#endif
