#!/usr/bin/env bash
# Compiles the C kernels for 64-bit Arm on whatever machine this is: the NEON variant must always build.
# The headers are those of the host's C library; the three places where they depend on the processor are stubbed.
set -eu
cd "$(dirname "$0")/.."

out=.build-aarch64
mkdir -p "$out/stubs/gnu" "$out/stubs/bits"
: >"$out/stubs/gnu/stubs-32.h"
printf '#define __WORDSIZE 64\n#define __WORDSIZE_TIME64_COMPAT32 0\n' >"$out/stubs/bits/wordsize.h"

headers=()
for folder in /usr/include/*-linux-gnu; do
  if [ -d "$folder/bits" ]; then headers+=(-isystem "$folder"); fi
done
compile() {
  clang --target=aarch64-linux-gnu -std=gnu17 -O1 -Wall -Werror '-D__regparm__(x)=' -ICKernels/include \
    -isystem "$out/stubs" "${headers[@]}" "$@"
}
for source in CKernels/*.c; do compile -fopenmp -c "$source" -o "$out/$(basename "$source" .c).o"; done
compile -DSMX_GOMP -c CKernels/parallel.c -o "$out/parallel-gomp.o"
