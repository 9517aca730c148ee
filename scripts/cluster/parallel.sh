# GNU parallel: one slice fails once, one model is corrupt, and a second run does nothing. Read by scripts/cluster-test.

test_parallel() {
  local folder=$work/parallel start=$EPOCHREALTIME output
  make_worker "$folder" 0.1 3
  check "parallel: the manifest and the script are made" make_script "$folder"
  check "parallel: the script ends with a failure, since a model is corrupt" exits 1 run_script "$folder" first
  check "parallel: $model_count of $model_count outputs are right" equals "$model_count" "$(right_outputs "$folder")"
  check "parallel: the slice that failed once was tried again" equals 2 "$(grep -c '^3 ' "$folder/calls")"
  check "parallel: nothing else was" equals $((model_count + 2)) "$(calls "$folder")"
  check "parallel: the corrupt model is reported" grep -q 'exit code 65' "$folder/first.log"
  check "parallel: nothing unfinished is left beside them" no_left_overs "$folder"
  check "parallel: weft job status says so" equals 1 "$(status_of "$folder" failed)"
  check "parallel: the script again still says so" exits 1 run_script "$folder" second
  check "parallel: and tries that model alone" equals $((model_count + 3)) "$(calls "$folder")"
  record time "$(seconds_since "$start")" "parallel, in all"
}

# With the corrupt model among the inputs.
make_script() {
  make_manifest "$1" ../bad.safetensors && emit parallel "$1" "$1/weft-parallel.sh" --slices $((model_count + 1)) --cpus 1
}

# run_script FOLDER NAME: NAME.log has what it says.
run_script() { timeout 900 bash "$1/weft-parallel.sh" >"$1/$2.log" 2>&1; }
