#!/usr/bin/env bash
# Everything that must hold before a change lands. Each step is run, also after one that failed; the last line sums up:
# a test of Swift Testing counts as one, and so does every other step.
set -u
cd "$(dirname "$0")/.."
release=(-c release -Xswiftc -enable-testing)
logs=.build-logs
mkdir -p "$logs"
# Tests run side by side: threads that wait must not spin.
export OMP_WAIT_POLICY=passive
passed=0
failed=0
broken=()

# step NAME COMMAND...: one thing that holds or does not.
step() {
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
    echo "== $name: passed ($((SECONDS - start)) s)"
    return 0
  else
    failed=$((failed + 1))
    broken+=("$name")
    echo "== $name: FAILED ($((SECONDS - start)) s)"
    return 1
  fi
}

# tests NAME COMMAND...: a run of Swift Testing, whose own closing line says how many tests there were. A run that ends
# badly without naming a failed test (a crash, a build error), or that ran none, counts as one failure.
tests() {
  local name=$1 log start=$SECONDS status ran bad
  log="$logs/${name// /-}.log"
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$log" | grep -vE '^(◇|✔) |^\[[0-9]+/[0-9]+\] |passed after'
  status=${PIPESTATUS[0]}
  ran=$(sed -nE 's/.*Test run with ([0-9]+) tests? .*/\1/p' "$log" | awk '{ sum += $1 } END { print sum + 0 }')
  bad=$(grep -E '^✘ Test .* failed after' "$log" | grep -cv '^✘ Test run with')
  if { [ "$status" != 0 ] && [ "$bad" = 0 ]; } || [ "$ran" = 0 ]; then bad=$((bad + 1)) ran=$((ran + 1)); fi
  passed=$((passed + ran - bad))
  failed=$((failed + bad))
  if [ "$bad" != 0 ]; then broken+=("$name"); fi
  echo "== $name: $((ran - bad)) passed, $bad failed ($((SECONDS - start)) s)"
}

step "house rules" bash Scripts/lint.sh house
# It fills a processor that the build leaves idle.
bash Scripts/elsewhere.sh >"$logs/elsewhere.log" 2>&1 &
elsewhere=$!
end_elsewhere() {
  wait "$elsewhere"
  local status=$?
  cat "$logs/elsewhere.log"
  return "$status"
}
# The two OpenMP roads differ in the C kernels only: in one build folder the second costs their compilation and a link.
build=(swift build --build-tests "${release[@]}" --explicit-target-dependency-import-check error)
if step "build on libgomp" env SMX_OPENMP=gomp "${build[@]}"; then
  tests "tests of answers and threads on libgomp" env SMX_OPENMP=gomp swift test "${release[@]}" --skip-build \
    --filter 'Golden|Runtime|Thread|Bits|Variant'
fi
step "instruction sets of elsewhere" end_elsewhere
if step "build" "${build[@]}"; then
  tests "all tests" swift test "${release[@]}" --skip-build
  step "demo" sh Examples/demo.sh "$(swift build -c release --show-bin-path)/adasoft"
  step "build of the manual" swift build "${release[@]}" --product generate-manual
  step "install" bash Scripts/check_install.sh "$(swift build -c release --show-bin-path)"
fi
step "consumer package" bash Tests/ConsumerPackage/run.sh

if [ "$failed" != 0 ]; then
  printf 'failed: %s\n' "${broken[@]}"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
