# One line a check with its time, and a table at the end. Read by scripts/cluster-test.

checks=()
failures=0

seconds_since() { awk -v start="$1" -v end="$EPOCHREALTIME" 'BEGIN { printf "%.1f", end - start }'; }

# record STATE SECONDS WHAT: prints a line and keeps it.
record() {
  local line
  printf -v line '%-4s %7s s  %s' "$1" "$2" "$3"
  echo "$line"
  checks+=("$line")
  if [ "$1" = FAIL ]; then failures=$((failures + 1)); fi
}

# timed WHAT COMMAND...: a step without which nothing else makes sense.
timed() {
  local what=$1 start=$EPOCHREALTIME
  shift
  if "$@" >"$work/step.log" 2>&1; then
    record ok "$(seconds_since "$start")" "$what"
  else
    record FAIL "$(seconds_since "$start")" "$what"
    cat "$work/step.log" >&2
    exit 1
  fi
}

# check WHAT COMMAND...: a claim; what the command prints is shown when it does not hold.
check() {
  local what=$1 start=$EPOCHREALTIME
  shift
  if "$@" >"$work/check.log" 2>&1; then
    record ok "$(seconds_since "$start")" "$what"
  else
    record FAIL "$(seconds_since "$start")" "$what"
    tail -n 20 "$work/check.log" | sed 's/^/       /' >&2
  fi
}

# equals WANTED FOUND: holds when they are the same.
equals() { [ "$1" = "$2" ] || { echo "wanted: $1"; echo "found:  $2"; return 1; }; }

# exits CODE COMMAND...: holds when the command ends with the code.
exits() {
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  equals "exit code $wanted" "exit code $status"
}

summarise() {
  echo
  printf '%s\n' "${checks[@]}"
  echo
  if [ "$failures" -gt 0 ]; then
    echo "$failures of ${#checks[@]} checks failed"
    exit 1
  fi
  echo "all ${#checks[@]} checks passed"
}
