# Slurm: an array of 64 on two nodes; one element fails once, and one node is killed in the middle. Read by scripts/cluster-test.

test_slurm() {
  local folder=$work/slurm start=$EPOCHREALTIME job
  check "slurm: a controller and two nodes are up" start_slurm
  make_worker "$folder" 1.5 3
  check "slurm: the manifest and the array are made" make_array "$folder"
  check "slurm: sbatch takes the array" submit_array "$folder"
  job=$(cat "$folder/job")
  check "slurm: a third of the outputs is there" wait_for 120 has_outputs "$folder" $((model_count / 3))
  check "slurm: node n2 and its workers are killed" kill_node n2
  check "slurm: the queue empties by itself" wait_for 400 queue_is_empty "$job"
  check "slurm: node n2 is down" node_is_down n2
  check "slurm: element 3 went back into the queue" grep -q 'back into the queue after exit code 75' "$folder/manifest.logs/${job}_3.log"
  check "slurm: the elements that ran on n2 ran again on n1" ran_again "$folder" "$job"
  check "slurm: $model_count of $model_count elements are completed" equals "$model_count" "$(completed_elements "$job")"
  check "slurm: $model_count of $model_count outputs are right" equals "$model_count" "$(right_outputs "$folder")"
  check "slurm: nothing unfinished is left beside them" no_left_overs "$folder"
  check "slurm: weft job status says so" equals "$model_count" "$(status_of "$folder" done)"
  check "slurm: the array again does nothing" run_array_again "$folder"
  record time "$(seconds_since "$start")" "slurm, in all"
}

make_array() {
  make_manifest "$1" && emit slurm "$1" "$1/weft.sbatch" --slices "$model_count" --cpus 1
}

submit_array() { sbatch --parsable "$1/weft.sbatch" >"$1/job"; }

has_outputs() { [ "$(find "$1/out" -name '*.gguf' 2>/dev/null | wc -l)" -ge "$2" ]; }

queue_is_empty() { [ -z "$(squeue -h -j "$1" 2>/dev/null)" ]; }

node_is_down() { sinfo -h -N -n "$1" -o %t | grep -q '^down'; }

# Of the elements, the one that failed by itself does not count.
ran_again() {
  local logs=("$1/manifest.logs/$2"_*.log)
  grep -l 'restart 0, on n2' "${logs[@]}" | grep -v "_3.log" | xargs grep -H 'restart 1, on n1'
}

completed_elements() { scontrol show job "$1" -o | grep -c 'JobState=COMPLETED'; }

# A second submission, on the node that is left and without faults: no output is written again.
run_array_again() {
  local before after
  make_worker "$1" 0 none
  before=$(stat -c '%n %Y %i' "$1"/out/*.gguf)
  submit_array "$1"
  wait_for 300 queue_is_empty "$(cat "$1/job")"
  after=$(stat -c '%n %Y %i' "$1"/out/*.gguf)
  equals "$before" "$after" && equals "$model_count" "$(completed_elements "$(cat "$1/job")")"
}
