#include "families.h"

weft_encoder weft_k_encoder(weft_code code, weft_isa isa) {
  (void)code, (void)isa;
  return NULL;
}
