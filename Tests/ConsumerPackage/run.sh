#!/usr/bin/env bash
# Builds and runs the consumer against a version tagged in a clone of HEAD (uncommitted changes do not count), once per
# OpenMP road, with 2 threads and with 1. Fails when a kernel ran on another number of threads than was asked for, or
# when any bit of any answer depends on the road or on the number of threads.
set -eu
cd "$(dirname "$0")/../.."
work=$PWD/.build-consumer
url=$work/swift-adaptive-softmax.git
# Clone, pins and fingerprints belong to one run: version 1.0.0 is another commit every time.
rm -rf "$url" "$work/package" "$work/cache" "$work/security" "$work/build/checkouts" "$work/build/repositories" \
  "$work/build/workspace-state.json"
mkdir -p "$work/package"
git clone --quiet --bare . "$url"
git -C "$url" tag --force 1.0.0 "$(git rev-parse HEAD)" >/dev/null
cp Tests/ConsumerPackage/Package.swift Tests/ConsumerPackage/main.swift "$work/package"
export SWIFT_ADAPTIVE_SOFTMAX_URL="file://$url"

fail() {
  echo "consumer: $*" >&2
  exit 1
}

build=(--package-path "$work/package" --scratch-path "$work/build" --cache-path "$work/cache"
  --security-path "$work/security")

# consume ROAD RUNTIME: builds on one OpenMP road ("" = what the manifest finds), runs with 2 threads and with 1.
consume() {
  local road=$1 runtime=$2
  if ! SMX_OPENMP=$road swift build "${build[@]}" >"$work/$runtime.log" 2>&1; then
    cat "$work/$runtime.log"
    fail "the build failed"
  fi
  if grep "warning:" "$work/$runtime.log"; then fail "the build warns"; fi
  local program
  program="$(SMX_OPENMP=$road swift build "${build[@]}" --show-bin-path)/Consumer"
  local threads first
  for threads in 2 1; do
    OMP_NUM_THREADS=$threads "$program" "$work" >"$work/answers-$runtime-$threads.txt" || fail "the program failed"
    first=$(head -n 1 "$work/answers-$runtime-$threads.txt")
    echo "consumer: $first"
    case "$first" in
      "threads $threads runtime $runtime "*) ;;
      *) fail "expected $threads threads of $runtime" ;;
    esac
    sed -i 1d "$work/answers-$runtime-$threads.txt"
    cmp "$work/answers-$runtime-2.txt" "$work/answers-$runtime-$threads.txt" || fail "bits depend on the number of threads"
  done
}

consume gomp libgomp
if compgen -G '/usr/lib/*-linux-gnu/libomp5.so' >/dev/null || compgen -G '/usr/lib*/libomp.so' >/dev/null ||
  compgen -G '/usr/local/lib/libomp*.so' >/dev/null; then
  consume "" libomp
  cmp "$work/answers-libgomp-2.txt" "$work/answers-libomp-2.txt" || fail "bits depend on the OpenMP runtime"
fi
