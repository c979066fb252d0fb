#!/usr/bin/env bash
# The house rules. `lint.sh house` checks only those that need no build and no formatter.
set -u
cd "$(dirname "$0")/.."
failures=0

# Fails when `git grep PATTERN -- PATHS...` finds a line.
never() {
  local rule=$1 pattern=$2
  shift 2
  if git grep -nIE -e "$pattern" -- "$@" >&2; then
    echo "lint: $rule" >&2
    failures=$((failures + 1))
  fi
}

run() {
  if ! "$@"; then
    echo "lint: failed: $*" >&2
    failures=$((failures + 1))
  fi
}

imports='^ *(@[a-zA-Z_]+ +|public +|package +|internal +|private +|fileprivate +)*import +'
never "only Kernels/ and TensorStorage talk to C" "${imports}CSoftmaxKernels" \
  Sources Examples ':!Sources/AdaptiveSoftmax/Kernels' ':!Sources/AdaptiveSoftmax/Tensor/TensorStorage.swift'
never "the C module stays out of every interface" 'public +import +CSoftmaxKernels' Sources
never "libraries do without Foundation" "${imports}Foundation" \
  Sources/AdaptiveSoftmax Sources/TensorFiles Sources/BatchScoring
never "AdaptiveSoftmax knows no files" "${imports}(TensorFiles|BatchScoring)" Sources/AdaptiveSoftmax
never "TensorFiles knows no batches" "${imports}BatchScoring" Sources/TensorFiles
never "only the tool parses arguments" "${imports}ArgumentParser" Sources ':!Sources/adasoft'
never "only parallel.c knows threads" '#pragma omp|\bomp_[a-z]|\bGOMP_[a-z]|\bpthread|<omp\.h>' \
  CKernels ':!CKernels/parallel.c'
never "a driver converts with the variant it began with" '\bsmx_convert *\(' CKernels ':!CKernels/elementwise.c' ':!CKernels/include'
never "kernels neither print nor exit" '\b(printf|puts|exit|abort) *\(' CKernels
never "no path of a machine" '(^|[^A-Za-z0-9_.-])/(work|root|home|Users)/' . ':!Scripts/lint.sh'
never "unfinished work is an issue and not a comment" '\b(TODO|FIXME|XXX)\b' . ':!Scripts/lint.sh' ':!LICENSE'
if git grep -nE -e unsafeFlags --and --not -e '\.unsafeFlags\(\["-fopenmp"\]\)\]$' -- Package.swift >&2; then
  echo "lint: -fopenmp is the one unsafe flag" >&2
  failures=$((failures + 1))
fi
run grep -q 'Apache License' LICENSE

if [ "${1:-}" != house ]; then
  run swift format lint --strict --parallel $(git ls-files '*.swift')
  if command -v clang-format >/dev/null; then
    run clang-format --dry-run --Werror $(git ls-files '*.c' '*.h')
  else
    echo "lint: clang-format is not installed (pip install clang-format): C sources not checked"
  fi
  run swift build -q --explicit-target-dependency-import-check error
fi

if [ "$failures" != 0 ]; then
  echo "lint: $failures rules broken" >&2
  exit 1
fi
