#!/usr/bin/env bash
# The benchmark suites, from which size on threads pay, and at the end one table of all they measured: what stood beside its limit in the same run.
#
#   Benchmarks/bench.sh [FILTER]      FILTER: a regular expression over the benchmarks' names
#
# BENCH_SET=full      every shape, type and variant (about an hour)
# BENCH_THREADS=1,2   BENCH_VARIANTS=scalar,avx2
set -euo pipefail
cd "$(dirname "$0")"

export BENCH_TABLE
BENCH_TABLE=$(mktemp)
trap 'rm -f "$BENCH_TABLE"' EXIT

swift package --scratch-path ../.build-bench --disable-sandbox benchmark \
  --target '.*Suite' --grouping metric --no-progress --quiet \
  ${1:+--filter ".*$1.*"}

[ -n "${1:-}" ] || swift run --scratch-path ../.build-bench -c release -q ThreadThreshold
if [ ! -s "$BENCH_TABLE" ]; then
  echo "bench: nothing was measured" >&2
  exit 1
fi
{
  printf 'operation\ttype\tthreads\tvariant\tms\trate\tlimit\tunit\treached\n'
  cat "$BENCH_TABLE"
} | awk -F '\t' '
  { line[NR] = $0; for (i = 1; i <= NF; i++) if (length($i) > width[i]) width[i] = length($i) }
  END {
    for (n = 1; n <= NR; n++) {
      count = split(line[n], field, FS)
      for (i = 1; i < count; i++) printf "%-*s  ", width[i], field[i]
      print field[count]
    }
  }'
