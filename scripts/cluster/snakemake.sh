# Snakemake: on this machine with a slice that fails once and a corrupt model, and on Slurm. Read by scripts/cluster-test.

test_snakemake() {
  local folder=$work/snakemake start=$EPOCHREALTIME
  make_worker "$folder" 0.1 3
  check "snakemake: the manifest and the Snakefile are made" make_snakefile "$folder" 13 ../bad.safetensors
  check "snakemake: it ends with a failure, since a model is corrupt" exits 1 run_snakemake "$folder" first --cores 2
  check "snakemake: $model_count of $model_count outputs are right" equals "$model_count" "$(right_outputs "$folder")"
  check "snakemake: the slice that failed once was tried again" equals 2 "$(grep -c '^3 ' "$folder/calls")"
  check "snakemake: nothing else was" equals 14 "$(calls "$folder")"
  check "snakemake: the corrupt model is reported" grep -q 'exit code 65' "$folder/first.log"
  check "snakemake: a second call still says so" exits 1 run_snakemake "$folder" second --cores 2
  check "snakemake: and tries that slice alone" equals 15 "$(calls "$folder")"
  test_snakemake_on_slurm
  record time "$(seconds_since "$start")" "snakemake, in all"
}

# Slices of several models: on a cluster, a job costs Snakemake more than ten seconds.
test_snakemake_on_slurm() {
  local folder=$work/snakemake-slurm
  stop_slurm
  rm -rf "$slurm"
  if ! "$environment/bin/python" -c 'import snakemake_executor_plugin_slurm' 2>/dev/null; then
    record skip 0 "snakemake on slurm: its plugin is not for this Python"
    return
  fi
  if ! publish_configuration; then
    record skip 0 "snakemake on slurm: this machine has a Slurm of its own"
    return
  fi
  check "snakemake on slurm: a controller and two nodes are up" start_slurm
  make_worker "$folder" 0.1 3
  check "snakemake on slurm: the manifest and the Snakefile are made" make_snakefile "$folder" 8
  # Without a database of accounts Slurm has no sacct.
  check "snakemake on slurm: it ends well" exits 0 run_snakemake "$folder" first \
    --executor slurm --jobs 4 --slurm-no-account --slurm-status-command squeue
  check "snakemake on slurm: $model_count of $model_count outputs are right" equals "$model_count" "$(right_outputs "$folder")"
  check "snakemake on slurm: a worker ran for each slice, and one again" equals 9 "$(calls "$folder")"
  check "snakemake on slurm: a second call finds nothing to do" exits 0 run_snakemake "$folder" second --cores 2
  check "snakemake on slurm: no worker was started for it" equals 9 "$(calls "$folder")"
}

# make_snakefile FOLDER SLICES INPUT...
make_snakefile() {
  local folder=$1 slices=$2
  shift 2
  make_manifest "$folder" "$@" && emit snakemake "$folder" "$folder/Snakefile" --slices "$slices" --cpus 1
}

# run_snakemake FOLDER NAME OPTION...: NAME.log has what it says.
run_snakemake() {
  local folder=$1 name=$2
  shift 2
  (cd "$folder" && timeout --kill-after 30 900 "$environment/bin/snakemake" -s Snakefile --keep-going "$@" >"$name.log" 2>&1)
}
