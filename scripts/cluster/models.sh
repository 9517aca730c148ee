# The models, the pipelines and the comparison of what came out. Read by scripts/cluster-test.

# 64 variants of the demonstration's model, one corrupt model, and what direct commands make of the good ones.
make_models() {
  local model name
  "$weft" demo "$work/demo" --quiet
  rm -rf "$work/demo"/fused*
  python3 "$helpers/variants.py" "$work/demo/base.safetensors" "$work/models" "$model_count"
  python3 "$helpers/variants.py" "$work/demo/base.safetensors" "$work/bad.safetensors" --bad
  mkdir -p "$work/expected"
  for model in "$work"/models/*.safetensors; do
    name=$(basename "$model" .safetensors)
    "$weft" fuse "$model" --adapter "$work/demo/resadapter" --quantize q8_0 \
      -o "$work/expected/$name.gguf" --no-sync --quiet
  done
}

# make_manifest FOLDER [INPUT...]: a pipeline of the models, and of more inputs, with its manifest.
make_manifest() {
  local folder=$1 input
  shift
  mkdir -p "$folder"
  {
    printf 'version: 1\ninputs:\n  - ../models/*.safetensors\n'
    for input in "$@"; do printf '  - %s\n' "$input"; done
    cat <<'YAML'
outputs: out
steps:
  fused: {fuse: input, adapters: [../demo/resadapter]}
  small: {quantize: fused, type: q8_0, save: "${name}.gguf"}
  proof: {verify: small, level: weights}
YAML
  } >"$folder/pipeline.yaml"
  "$weft" job make "$folder/pipeline.yaml" -o "$folder/manifest.jsonl" --json >"$folder/make.json"
}

# emit ENGINE FOLDER FILE OPTION...: the submission file, which runs the faulty worker.
emit() {
  local engine=$1 folder=$2 file=$3
  shift 3
  "$weft" job emit "$engine" "$folder/manifest.jsonl" -o "$file" --weft "$folder/weft" "$@"
}

# make_worker FOLDER SECONDS FAILING: a weft that writes its calls down, takes some seconds more for each, and once, for the
# element or slice FAILING, leaves half a file and exits as if the disk had been full.
make_worker() {
  local folder=$1
  mkdir -p "$folder"
  sed -e "s|@FOLDER@|$folder|; s|@WEFT@|$weft|; s|@SECONDS@|$2|; s|@FAILING@|$3|" "$helpers/faulty-weft" >"$folder/weft"
  chmod +x "$folder/weft"
}

# right_outputs FOLDER: the number of outputs that have the bytes of the direct command's.
right_outputs() {
  local expected count=0
  for expected in "$work"/expected/*; do
    if cmp -s "$expected" "$1/out/$(basename "$expected")"; then count=$((count + 1)); fi
  done
  echo "$count"
}

# no_left_overs FOLDER: holds when no unfinished file is beside the outputs.
no_left_overs() { [ -z "$(find "$1/out" -maxdepth 1 -name '.*.weft-*' | tee /dev/stderr)" ]; }

# status_of FOLDER KEY: a number of `weft job status --json`.
status_of() {
  "$weft" job status "$1/manifest.jsonl" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"
}

# calls FOLDER: how often a worker was started.
calls() { wc -l <"$1/calls"; }
