// Compiles formats/ in. Each file has one line in each of the two lists; scripts/check-formats compares them with the folder.
#include "formats.h"

static const unsigned char adapters_boft[] = {
#embed "../../formats/adapters/boft.json"
};
static const unsigned char adapters_dora[] = {
#embed "../../formats/adapters/dora.json"
};
static const unsigned char adapters_full[] = {
#embed "../../formats/adapters/full.json"
};
static const unsigned char adapters_glora[] = {
#embed "../../formats/adapters/glora.json"
};
static const unsigned char adapters_ia3[] = {
#embed "../../formats/adapters/ia3.json"
};
static const unsigned char adapters_locon_tucker[] = {
#embed "../../formats/adapters/locon-tucker.json"
};
static const unsigned char adapters_loha[] = {
#embed "../../formats/adapters/loha.json"
};
static const unsigned char adapters_lokr[] = {
#embed "../../formats/adapters/lokr.json"
};
static const unsigned char adapters_lora_diff_b[] = {
#embed "../../formats/adapters/lora-diff-b.json"
};
static const unsigned char adapters_lora[] = {
#embed "../../formats/adapters/lora.json"
};
static const unsigned char adapters_norm[] = {
#embed "../../formats/adapters/norm.json"
};
static const unsigned char adapters_oft[] = {
#embed "../../formats/adapters/oft.json"
};
static const unsigned char adapters_resadapter[] = {
#embed "../../formats/adapters/resadapter.json"
};
static const unsigned char adapters_reshape[] = {
#embed "../../formats/adapters/reshape.json"
};
static const unsigned char adapters_set_weight[] = {
#embed "../../formats/adapters/set-weight.json"
};
static const unsigned char adapters_sparse[] = {
#embed "../../formats/adapters/sparse.json"
};
static const unsigned char adapters_tlora[] = {
#embed "../../formats/adapters/tlora.json"
};
static const unsigned char architectures_sd15_inpaint[] = {
#embed "../../formats/architectures/sd15-inpaint.json"
};
static const unsigned char architectures_sd15_ip2p[] = {
#embed "../../formats/architectures/sd15-ip2p.json"
};
static const unsigned char architectures_sd15[] = {
#embed "../../formats/architectures/sd15.json"
};
static const unsigned char architectures_sd2_inpaint[] = {
#embed "../../formats/architectures/sd2-inpaint.json"
};
static const unsigned char architectures_sd2[] = {
#embed "../../formats/architectures/sd2.json"
};
static const unsigned char architectures_sdxl_inpaint[] = {
#embed "../../formats/architectures/sdxl-inpaint.json"
};
static const unsigned char architectures_sdxl_ip2p[] = {
#embed "../../formats/architectures/sdxl-ip2p.json"
};
static const unsigned char architectures_sdxl_refiner[] = {
#embed "../../formats/architectures/sdxl-refiner.json"
};
static const unsigned char architectures_sdxl[] = {
#embed "../../formats/architectures/sdxl.json"
};
static const unsigned char architectures_taesd[] = {
#embed "../../formats/architectures/taesd.json"
};
static const unsigned char auxiliary[] = {
#embed "../../formats/auxiliary.json"
};
static const unsigned char blocks_blocks[] = {
#embed "../../formats/blocks/blocks.json"
};
static const unsigned char blocks_lbw_presets[] = {
#embed "../../formats/blocks/lbw-presets.json"
};
static const unsigned char blocks_mbw_curves[] = {
#embed "../../formats/blocks/mbw-curves.json"
};
static const unsigned char blocks_mbw_halved_smoothsteps[] = {
#embed "../../formats/blocks/mbw-halved-smoothsteps.json"
};
static const unsigned char blocks_mbw_presets[] = {
#embed "../../formats/blocks/mbw-presets.json"
};
static const unsigned char blocks_mbw_smoothsteps[] = {
#embed "../../formats/blocks/mbw-smoothsteps.json"
};
static const unsigned char calibration_prompts[] = {
#embed "../../formats/calibration/prompts.json"
};
static const unsigned char engines_kubernetes[] = {
#embed "../../formats/engines/kubernetes.json"
};
static const unsigned char engines_kubernetes_template[] = {
#embed "../../formats/engines/kubernetes.txt"
};
static const unsigned char engines_parallel[] = {
#embed "../../formats/engines/parallel.json"
};
static const unsigned char engines_parallel_template[] = {
#embed "../../formats/engines/parallel.txt"
};
static const unsigned char engines_slurm[] = {
#embed "../../formats/engines/slurm.json"
};
static const unsigned char engines_slurm_template[] = {
#embed "../../formats/engines/slurm.txt"
};
static const unsigned char engines_snakemake[] = {
#embed "../../formats/engines/snakemake.json"
};
static const unsigned char engines_snakemake_template[] = {
#embed "../../formats/engines/snakemake.txt"
};
static const unsigned char fonts_licence[] = {
#embed "../../formats/fonts/licence.txt"
};
static const unsigned char fonts_sans_bold[] = {
#embed "../../formats/fonts/sans-bold.json"
};
static const unsigned char fonts_sans_bold_png[] = {
#embed "../../formats/fonts/sans-bold.png"
};
static const unsigned char fonts_sans[] = {
#embed "../../formats/fonts/sans.json"
};
static const unsigned char fonts_sans_png[] = {
#embed "../../formats/fonts/sans.png"
};
static const unsigned char keymaps_clip_vision[] = {
#embed "../../formats/keymaps/clip-vision.json"
};
static const unsigned char keymaps_clip[] = {
#embed "../../formats/keymaps/clip.json"
};
static const unsigned char keymaps_diffusers_controlnet[] = {
#embed "../../formats/keymaps/diffusers-controlnet.json"
};
static const unsigned char keymaps_diffusers_same[] = {
#embed "../../formats/keymaps/diffusers-same.json"
};
static const unsigned char keymaps_diffusers_unet[] = {
#embed "../../formats/keymaps/diffusers-unet.json"
};
static const unsigned char keymaps_diffusers_vae[] = {
#embed "../../formats/keymaps/diffusers-vae.json"
};
static const unsigned char keymaps_ip_adapter_plus[] = {
#embed "../../formats/keymaps/ip-adapter-plus.json"
};
static const unsigned char keymaps_ip_adapter[] = {
#embed "../../formats/keymaps/ip-adapter.json"
};
static const unsigned char keymaps_ldm_clip[] = {
#embed "../../formats/keymaps/ldm-clip.json"
};
static const unsigned char keymaps_ldm_controlnet[] = {
#embed "../../formats/keymaps/ldm-controlnet.json"
};
static const unsigned char keymaps_ldm_unet_encoder[] = {
#embed "../../formats/keymaps/ldm-unet-encoder.json"
};
static const unsigned char keymaps_ldm_unet[] = {
#embed "../../formats/keymaps/ldm-unet.json"
};
static const unsigned char keymaps_ldm_vae[] = {
#embed "../../formats/keymaps/ldm-vae.json"
};
static const unsigned char keymaps_openclip_vision[] = {
#embed "../../formats/keymaps/openclip-vision.json"
};
static const unsigned char keymaps_openclip[] = {
#embed "../../formats/keymaps/openclip.json"
};
static const unsigned char keymaps_t2i_adapter[] = {
#embed "../../formats/keymaps/t2i-adapter.json"
};
static const unsigned char keymaps_taesd[] = {
#embed "../../formats/keymaps/taesd.json"
};
static const unsigned char kinds[] = {
#embed "../../formats/kinds.json"
};
static const unsigned char layouts_diffusers[] = {
#embed "../../formats/layouts/diffusers.json"
};
static const unsigned char layouts_ldm[] = {
#embed "../../formats/layouts/ldm.json"
};
static const unsigned char leftovers[] = {
#embed "../../formats/leftovers.json"
};
static const unsigned char merges_add_difference[] = {
#embed "../../formats/merges/add-difference.json"
};
static const unsigned char merges_breadcrumbs_ties[] = {
#embed "../../formats/merges/breadcrumbs-ties.json"
};
static const unsigned char merges_breadcrumbs[] = {
#embed "../../formats/merges/breadcrumbs.json"
};
static const unsigned char merges_cosine_a[] = {
#embed "../../formats/merges/cosine-a.json"
};
static const unsigned char merges_cosine_b[] = {
#embed "../../formats/merges/cosine-b.json"
};
static const unsigned char merges_dare_linear[] = {
#embed "../../formats/merges/dare-linear.json"
};
static const unsigned char merges_dare_ties[] = {
#embed "../../formats/merges/dare-ties.json"
};
static const unsigned char merges_della_linear[] = {
#embed "../../formats/merges/della-linear.json"
};
static const unsigned char merges_della[] = {
#embed "../../formats/merges/della.json"
};
static const unsigned char merges_geometric_median[] = {
#embed "../../formats/merges/geometric-median.json"
};
static const unsigned char merges_model_stock[] = {
#embed "../../formats/merges/model-stock.json"
};
static const unsigned char merges_slerp_norm[] = {
#embed "../../formats/merges/slerp-norm.json"
};
static const unsigned char merges_slerp[] = {
#embed "../../formats/merges/slerp.json"
};
static const unsigned char merges_smooth_add[] = {
#embed "../../formats/merges/smooth-add.json"
};
static const unsigned char merges_sum[] = {
#embed "../../formats/merges/sum.json"
};
static const unsigned char merges_task_arithmetic[] = {
#embed "../../formats/merges/task-arithmetic.json"
};
static const unsigned char merges_tensor[] = {
#embed "../../formats/merges/tensor.json"
};
static const unsigned char merges_tensor2[] = {
#embed "../../formats/merges/tensor2.json"
};
static const unsigned char merges_ties[] = {
#embed "../../formats/merges/ties.json"
};
static const unsigned char merges_train_difference[] = {
#embed "../../formats/merges/train-difference.json"
};
static const unsigned char merges_triple[] = {
#embed "../../formats/merges/triple.json"
};
static const unsigned char merges_twice[] = {
#embed "../../formats/merges/twice.json"
};
static const unsigned char merges_weighted_sum[] = {
#embed "../../formats/merges/weighted-sum.json"
};
static const unsigned char naming_bare[] = {
#embed "../../formats/naming/bare.json"
};
static const unsigned char naming_cloneofsimo[] = {
#embed "../../formats/naming/cloneofsimo.json"
};
static const unsigned char naming_comfyui[] = {
#embed "../../formats/naming/comfyui.json"
};
static const unsigned char naming_diffusers_processor[] = {
#embed "../../formats/naming/diffusers-processor.json"
};
static const unsigned char naming_diffusers[] = {
#embed "../../formats/naming/diffusers.json"
};
static const unsigned char naming_kohya[] = {
#embed "../../formats/naming/kohya.json"
};
static const unsigned char naming_lycoris[] = {
#embed "../../formats/naming/lycoris.json"
};
static const unsigned char naming_oft_kohya[] = {
#embed "../../formats/naming/oft-kohya.json"
};
static const unsigned char naming_onetrainer[] = {
#embed "../../formats/naming/onetrainer.json"
};
static const unsigned char naming_peft[] = {
#embed "../../formats/naming/peft.json"
};
static const unsigned char naming_sgm[] = {
#embed "../../formats/naming/sgm.json"
};
static const unsigned char pipeline_schema[] = {
#embed "../../formats/pipeline.schema.json"
};
static const unsigned char pipelines_sd15_inpaint[] = {
#embed "../../formats/pipelines/sd15-inpaint.json"
};
static const unsigned char pipelines_sd15_ip2p[] = {
#embed "../../formats/pipelines/sd15-ip2p.json"
};
static const unsigned char pipelines_sd15[] = {
#embed "../../formats/pipelines/sd15.json"
};
static const unsigned char pipelines_sd2_inpaint[] = {
#embed "../../formats/pipelines/sd2-inpaint.json"
};
static const unsigned char pipelines_sd2[] = {
#embed "../../formats/pipelines/sd2.json"
};
static const unsigned char pipelines_sdxl_inpaint[] = {
#embed "../../formats/pipelines/sdxl-inpaint.json"
};
static const unsigned char pipelines_sdxl_ip2p[] = {
#embed "../../formats/pipelines/sdxl-ip2p.json"
};
static const unsigned char pipelines_sdxl_refiner[] = {
#embed "../../formats/pipelines/sdxl-refiner.json"
};
static const unsigned char pipelines_sdxl[] = {
#embed "../../formats/pipelines/sdxl.json"
};
static const unsigned char pipelines_stable_diffusion[] = {
#embed "../../formats/pipelines/stable-diffusion.json"
};
static const unsigned char pickles[] = {
#embed "../../formats/pickles.json"
};
static const unsigned char policies_comfyui[] = {
#embed "../../formats/policies/comfyui.json"
};
static const unsigned char policies_generic[] = {
#embed "../../formats/policies/generic.json"
};
static const unsigned char policies_sdcpp[] = {
#embed "../../formats/policies/sdcpp.json"
};
static const unsigned char policies_tensors[] = {
#embed "../../formats/policies/tensors.json"
};
static const unsigned char quants_candidates[] = {
#embed "../../formats/quants/candidates.json"
};
static const unsigned char quants_types[] = {
#embed "../../formats/quants/types.json"
};
static const unsigned char programs[] = {
#embed "../../formats/programs.json"
};
static const unsigned char recipe_schema[] = {
#embed "../../formats/recipe.schema.json"
};
static const unsigned char samplers[] = {
#embed "../../formats/samplers.json"
};
static const unsigned char scalings_fp4[] = {
#embed "../../formats/scalings/fp4.json"
};
static const unsigned char scalings_fp8_e5m2_scaled_old[] = {
#embed "../../formats/scalings/fp8-e5m2-scaled-old.json"
};
static const unsigned char scalings_fp8_e5m2_scaled[] = {
#embed "../../formats/scalings/fp8-e5m2-scaled.json"
};
static const unsigned char scalings_fp8_scaled_block[] = {
#embed "../../formats/scalings/fp8-scaled-block.json"
};
static const unsigned char scalings_fp8_scaled_old[] = {
#embed "../../formats/scalings/fp8-scaled-old.json"
};
static const unsigned char scalings_fp8_scaled_row[] = {
#embed "../../formats/scalings/fp8-scaled-row.json"
};
static const unsigned char scalings_fp8_scaled[] = {
#embed "../../formats/scalings/fp8-scaled.json"
};
static const unsigned char scalings_int8_bnb[] = {
#embed "../../formats/scalings/int8-bnb.json"
};
static const unsigned char scalings_int8_tensor[] = {
#embed "../../formats/scalings/int8-tensor.json"
};
static const unsigned char scalings_int8[] = {
#embed "../../formats/scalings/int8.json"
};
static const unsigned char scalings_mxfp4[] = {
#embed "../../formats/scalings/mxfp4.json"
};
static const unsigned char scalings_mxfp8[] = {
#embed "../../formats/scalings/mxfp8.json"
};
static const unsigned char scalings_nf4[] = {
#embed "../../formats/scalings/nf4.json"
};
static const unsigned char scalings_nvfp4[] = {
#embed "../../formats/scalings/nvfp4.json"
};
static const unsigned char schedules[] = {
#embed "../../formats/schedules.json"
};
static const unsigned char schemas_clip_text[] = {
#embed "../../formats/schemas/clip-text.json"
};
static const unsigned char schemas_clip_vision[] = {
#embed "../../formats/schemas/clip-vision.json"
};
static const unsigned char schemas_controlnet[] = {
#embed "../../formats/schemas/controlnet.json"
};
static const unsigned char schemas_ip_adapter_plus[] = {
#embed "../../formats/schemas/ip-adapter-plus.json"
};
static const unsigned char schemas_ip_adapter[] = {
#embed "../../formats/schemas/ip-adapter.json"
};
static const unsigned char schemas_t2i_adapter[] = {
#embed "../../formats/schemas/t2i-adapter.json"
};
static const unsigned char schemas_taesd_decoder[] = {
#embed "../../formats/schemas/taesd-decoder.json"
};
static const unsigned char schemas_taesd_encoder[] = {
#embed "../../formats/schemas/taesd-encoder.json"
};
static const unsigned char schemas_taesd[] = {
#embed "../../formats/schemas/taesd.json"
};
static const unsigned char schemas_unet_encoder[] = {
#embed "../../formats/schemas/unet-encoder.json"
};
static const unsigned char schemas_unet[] = {
#embed "../../formats/schemas/unet.json"
};
static const unsigned char schemas_vae[] = {
#embed "../../formats/schemas/vae.json"
};
static const unsigned char spellings_diffusers[] = {
#embed "../../formats/spellings/diffusers.json"
};
static const unsigned char spellings_kohya_diffusers[] = {
#embed "../../formats/spellings/kohya-diffusers.json"
};
static const unsigned char spellings_kohya[] = {
#embed "../../formats/spellings/kohya.json"
};
static const unsigned char strangers[] = {
#embed "../../formats/strangers.json"
};
static const unsigned char tokenizers_clip_licence[] = {
#embed "../../formats/tokenizers/clip-licence.txt"
};
static const unsigned char tokenizers_clip_merges[] = {
#embed "../../formats/tokenizers/clip-merges.txt"
};
static const unsigned char tokenizers_clip[] = {
#embed "../../formats/tokenizers/clip.json"
};
static const unsigned char verify_prompts[] = {
#embed "../../formats/verify/prompts.json"
};
static const unsigned char verify_tolerances[] = {
#embed "../../formats/verify/tolerances.json"
};
static const unsigned char weight_files[] = {
#embed "../../formats/weight-files.json"
};

#define FILE_OF(path, bytes) {path, bytes, sizeof bytes}

static const weft_format_file files[] = {
  FILE_OF("adapters/boft.json", adapters_boft),
  FILE_OF("adapters/dora.json", adapters_dora),
  FILE_OF("adapters/full.json", adapters_full),
  FILE_OF("adapters/glora.json", adapters_glora),
  FILE_OF("adapters/ia3.json", adapters_ia3),
  FILE_OF("adapters/locon-tucker.json", adapters_locon_tucker),
  FILE_OF("adapters/loha.json", adapters_loha),
  FILE_OF("adapters/lokr.json", adapters_lokr),
  FILE_OF("adapters/lora-diff-b.json", adapters_lora_diff_b),
  FILE_OF("adapters/lora.json", adapters_lora),
  FILE_OF("adapters/norm.json", adapters_norm),
  FILE_OF("adapters/oft.json", adapters_oft),
  FILE_OF("adapters/resadapter.json", adapters_resadapter),
  FILE_OF("adapters/reshape.json", adapters_reshape),
  FILE_OF("adapters/set-weight.json", adapters_set_weight),
  FILE_OF("adapters/sparse.json", adapters_sparse),
  FILE_OF("adapters/tlora.json", adapters_tlora),
  FILE_OF("architectures/sd15-inpaint.json", architectures_sd15_inpaint),
  FILE_OF("architectures/sd15-ip2p.json", architectures_sd15_ip2p),
  FILE_OF("architectures/sd15.json", architectures_sd15),
  FILE_OF("architectures/sd2-inpaint.json", architectures_sd2_inpaint),
  FILE_OF("architectures/sd2.json", architectures_sd2),
  FILE_OF("architectures/sdxl-inpaint.json", architectures_sdxl_inpaint),
  FILE_OF("architectures/sdxl-ip2p.json", architectures_sdxl_ip2p),
  FILE_OF("architectures/sdxl-refiner.json", architectures_sdxl_refiner),
  FILE_OF("architectures/sdxl.json", architectures_sdxl),
  FILE_OF("architectures/taesd.json", architectures_taesd),
  FILE_OF("auxiliary.json", auxiliary),
  FILE_OF("blocks/blocks.json", blocks_blocks),
  FILE_OF("blocks/lbw-presets.json", blocks_lbw_presets),
  FILE_OF("blocks/mbw-curves.json", blocks_mbw_curves),
  FILE_OF("blocks/mbw-halved-smoothsteps.json", blocks_mbw_halved_smoothsteps),
  FILE_OF("blocks/mbw-presets.json", blocks_mbw_presets),
  FILE_OF("blocks/mbw-smoothsteps.json", blocks_mbw_smoothsteps),
  FILE_OF("calibration/prompts.json", calibration_prompts),
  FILE_OF("engines/kubernetes.json", engines_kubernetes),
  FILE_OF("engines/kubernetes.txt", engines_kubernetes_template),
  FILE_OF("engines/parallel.json", engines_parallel),
  FILE_OF("engines/parallel.txt", engines_parallel_template),
  FILE_OF("engines/slurm.json", engines_slurm),
  FILE_OF("engines/slurm.txt", engines_slurm_template),
  FILE_OF("engines/snakemake.json", engines_snakemake),
  FILE_OF("engines/snakemake.txt", engines_snakemake_template),
  FILE_OF("fonts/licence.txt", fonts_licence),
  FILE_OF("fonts/sans-bold.json", fonts_sans_bold),
  FILE_OF("fonts/sans-bold.png", fonts_sans_bold_png),
  FILE_OF("fonts/sans.json", fonts_sans),
  FILE_OF("fonts/sans.png", fonts_sans_png),
  FILE_OF("keymaps/clip-vision.json", keymaps_clip_vision),
  FILE_OF("keymaps/clip.json", keymaps_clip),
  FILE_OF("keymaps/diffusers-controlnet.json", keymaps_diffusers_controlnet),
  FILE_OF("keymaps/diffusers-same.json", keymaps_diffusers_same),
  FILE_OF("keymaps/diffusers-unet.json", keymaps_diffusers_unet),
  FILE_OF("keymaps/diffusers-vae.json", keymaps_diffusers_vae),
  FILE_OF("keymaps/ip-adapter-plus.json", keymaps_ip_adapter_plus),
  FILE_OF("keymaps/ip-adapter.json", keymaps_ip_adapter),
  FILE_OF("keymaps/ldm-clip.json", keymaps_ldm_clip),
  FILE_OF("keymaps/ldm-controlnet.json", keymaps_ldm_controlnet),
  FILE_OF("keymaps/ldm-unet-encoder.json", keymaps_ldm_unet_encoder),
  FILE_OF("keymaps/ldm-unet.json", keymaps_ldm_unet),
  FILE_OF("keymaps/ldm-vae.json", keymaps_ldm_vae),
  FILE_OF("keymaps/openclip-vision.json", keymaps_openclip_vision),
  FILE_OF("keymaps/openclip.json", keymaps_openclip),
  FILE_OF("keymaps/t2i-adapter.json", keymaps_t2i_adapter),
  FILE_OF("keymaps/taesd.json", keymaps_taesd),
  FILE_OF("kinds.json", kinds),
  FILE_OF("layouts/diffusers.json", layouts_diffusers),
  FILE_OF("layouts/ldm.json", layouts_ldm),
  FILE_OF("leftovers.json", leftovers),
  FILE_OF("merges/add-difference.json", merges_add_difference),
  FILE_OF("merges/breadcrumbs-ties.json", merges_breadcrumbs_ties),
  FILE_OF("merges/breadcrumbs.json", merges_breadcrumbs),
  FILE_OF("merges/cosine-a.json", merges_cosine_a),
  FILE_OF("merges/cosine-b.json", merges_cosine_b),
  FILE_OF("merges/dare-linear.json", merges_dare_linear),
  FILE_OF("merges/dare-ties.json", merges_dare_ties),
  FILE_OF("merges/della-linear.json", merges_della_linear),
  FILE_OF("merges/della.json", merges_della),
  FILE_OF("merges/geometric-median.json", merges_geometric_median),
  FILE_OF("merges/model-stock.json", merges_model_stock),
  FILE_OF("merges/slerp-norm.json", merges_slerp_norm),
  FILE_OF("merges/slerp.json", merges_slerp),
  FILE_OF("merges/smooth-add.json", merges_smooth_add),
  FILE_OF("merges/sum.json", merges_sum),
  FILE_OF("merges/task-arithmetic.json", merges_task_arithmetic),
  FILE_OF("merges/tensor.json", merges_tensor),
  FILE_OF("merges/tensor2.json", merges_tensor2),
  FILE_OF("merges/ties.json", merges_ties),
  FILE_OF("merges/train-difference.json", merges_train_difference),
  FILE_OF("merges/triple.json", merges_triple),
  FILE_OF("merges/twice.json", merges_twice),
  FILE_OF("merges/weighted-sum.json", merges_weighted_sum),
  FILE_OF("naming/bare.json", naming_bare),
  FILE_OF("naming/cloneofsimo.json", naming_cloneofsimo),
  FILE_OF("naming/comfyui.json", naming_comfyui),
  FILE_OF("naming/diffusers-processor.json", naming_diffusers_processor),
  FILE_OF("naming/diffusers.json", naming_diffusers),
  FILE_OF("naming/kohya.json", naming_kohya),
  FILE_OF("naming/lycoris.json", naming_lycoris),
  FILE_OF("naming/oft-kohya.json", naming_oft_kohya),
  FILE_OF("naming/onetrainer.json", naming_onetrainer),
  FILE_OF("naming/peft.json", naming_peft),
  FILE_OF("naming/sgm.json", naming_sgm),
  FILE_OF("pipeline.schema.json", pipeline_schema),
  FILE_OF("pipelines/sd15-inpaint.json", pipelines_sd15_inpaint),
  FILE_OF("pipelines/sd15-ip2p.json", pipelines_sd15_ip2p),
  FILE_OF("pipelines/sd15.json", pipelines_sd15),
  FILE_OF("pipelines/sd2-inpaint.json", pipelines_sd2_inpaint),
  FILE_OF("pipelines/sd2.json", pipelines_sd2),
  FILE_OF("pipelines/sdxl-inpaint.json", pipelines_sdxl_inpaint),
  FILE_OF("pipelines/sdxl-ip2p.json", pipelines_sdxl_ip2p),
  FILE_OF("pipelines/sdxl-refiner.json", pipelines_sdxl_refiner),
  FILE_OF("pipelines/sdxl.json", pipelines_sdxl),
  FILE_OF("pipelines/stable-diffusion.json", pipelines_stable_diffusion),
  FILE_OF("pickles.json", pickles),
  FILE_OF("policies/comfyui.json", policies_comfyui),
  FILE_OF("policies/generic.json", policies_generic),
  FILE_OF("policies/sdcpp.json", policies_sdcpp),
  FILE_OF("policies/tensors.json", policies_tensors),
  FILE_OF("quants/candidates.json", quants_candidates),
  FILE_OF("quants/types.json", quants_types),
  FILE_OF("programs.json", programs),
  FILE_OF("recipe.schema.json", recipe_schema),
  FILE_OF("samplers.json", samplers),
  FILE_OF("scalings/fp4.json", scalings_fp4),
  FILE_OF("scalings/fp8-e5m2-scaled-old.json", scalings_fp8_e5m2_scaled_old),
  FILE_OF("scalings/fp8-e5m2-scaled.json", scalings_fp8_e5m2_scaled),
  FILE_OF("scalings/fp8-scaled-block.json", scalings_fp8_scaled_block),
  FILE_OF("scalings/fp8-scaled-old.json", scalings_fp8_scaled_old),
  FILE_OF("scalings/fp8-scaled-row.json", scalings_fp8_scaled_row),
  FILE_OF("scalings/fp8-scaled.json", scalings_fp8_scaled),
  FILE_OF("scalings/int8-bnb.json", scalings_int8_bnb),
  FILE_OF("scalings/int8-tensor.json", scalings_int8_tensor),
  FILE_OF("scalings/int8.json", scalings_int8),
  FILE_OF("scalings/mxfp4.json", scalings_mxfp4),
  FILE_OF("scalings/mxfp8.json", scalings_mxfp8),
  FILE_OF("scalings/nf4.json", scalings_nf4),
  FILE_OF("scalings/nvfp4.json", scalings_nvfp4),
  FILE_OF("schedules.json", schedules),
  FILE_OF("schemas/clip-text.json", schemas_clip_text),
  FILE_OF("schemas/clip-vision.json", schemas_clip_vision),
  FILE_OF("schemas/controlnet.json", schemas_controlnet),
  FILE_OF("schemas/ip-adapter-plus.json", schemas_ip_adapter_plus),
  FILE_OF("schemas/ip-adapter.json", schemas_ip_adapter),
  FILE_OF("schemas/t2i-adapter.json", schemas_t2i_adapter),
  FILE_OF("schemas/taesd-decoder.json", schemas_taesd_decoder),
  FILE_OF("schemas/taesd-encoder.json", schemas_taesd_encoder),
  FILE_OF("schemas/taesd.json", schemas_taesd),
  FILE_OF("schemas/unet-encoder.json", schemas_unet_encoder),
  FILE_OF("schemas/unet.json", schemas_unet),
  FILE_OF("schemas/vae.json", schemas_vae),
  FILE_OF("spellings/diffusers.json", spellings_diffusers),
  FILE_OF("spellings/kohya-diffusers.json", spellings_kohya_diffusers),
  FILE_OF("spellings/kohya.json", spellings_kohya),
  FILE_OF("strangers.json", strangers),
  FILE_OF("tokenizers/clip-licence.txt", tokenizers_clip_licence),
  FILE_OF("tokenizers/clip-merges.txt", tokenizers_clip_merges),
  FILE_OF("tokenizers/clip.json", tokenizers_clip),
  FILE_OF("verify/prompts.json", verify_prompts),
  FILE_OF("verify/tolerances.json", verify_tolerances),
  FILE_OF("weight-files.json", weight_files),
};

const weft_format_file *weft_format_files(size_t *count) {
  *count = sizeof files / sizeof *files;
  return files;
}
