# Kubernetes: the job against the published schema, and its policy against weft's exit codes. Read by scripts/cluster-test.

test_kubernetes() {
  local folder=$work/kubernetes start=$EPOCHREALTIME
  check "kubernetes: the manifest and the job are made" make_job "$folder"
  check "kubernetes: the job fits the newest schema, strictly" \
    "$environment/bin/kubernetes-validate" --strict "$folder/weft-job.yaml"
  check "kubernetes: the job fits the schema of 1.33, strictly" \
    "$environment/bin/kubernetes-validate" --strict -k 1.33 "$folder/weft-job.yaml"
  check "kubernetes: the policy has weft's exit codes" \
    "$environment/bin/python" "$helpers/job_policy.py" "$folder/weft-job.yaml" "$root/Sources/WeftTensors/ActionableError.swift"
  record time "$(seconds_since "$start")" "kubernetes, in all"
}

make_job() {
  make_manifest "$1" && "$weft" job emit kubernetes "$1/manifest.jsonl" -o "$1/weft-job.yaml" --weft /usr/bin/weft \
    --image example.org/weft:1.0 --volume models --mount "$work"
}
