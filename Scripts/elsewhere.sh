#!/usr/bin/env bash
# The kernels' bits on instruction sets that an x86-64 machine may lack: `elsewhere.sh [COUNT [SEED]]`.
#
# AVX-512 is compiled with the few instructions that its text names done by loops: its blocking and its widths then run on
# any processor with AVX2. 64-bit Arm is compiled always, and runs where qemu-user and a cross compiler are installed
# (Debian: qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross). All must print the same digest of the cases.
set -eu
cd "$(dirname "$0")/.."
count=${1:-4000} seed=${2:-1}
out=.build-elsewhere
digests=()

if [ "$(uname -sm)" != "Linux x86_64" ]; then
  echo "elsewhere: only x86-64 Linux is prepared for this; the tests prove the instruction sets of this machine"
  exit 0
fi

compilations=()
compile() { # FOLDER SOURCE FLAGS...
  local folder=$1 source=$2
  shift 2
  mkdir -p "$folder"
  clang -std=gnu17 -O1 -Wall -Werror -DSMX_GOMP -ICKernels/include -ITests/KernelProof/include -c "$source" \
    -o "$folder/$(basename "$source" .c).o" "$@" &
  compilations+=($!)
}
compiled() { # waits for each, and ends the script at one that failed
  local one
  for one in "${compilations[@]}"; do wait "$one"; done
  compilations=()
}

prove() { # NAME COMMAND...
  local name=$1 said
  shift
  if ! said=$("$@" "$seed" "$count"); then
    echo "$name: $said" >&2
    exit 1
  fi
  echo "$name: $said"
  digests+=("${said##* }")
}

sources=(CKernels/*.c Tests/KernelProof/bits*.c Tests/Elsewhere/main.c)

avx512=(-mavx2 -mfma -mf16c -ITests/Elsewhere/avx512 '-Dtarget(x)=target("avx2,fma,f16c")' '-D__builtin_cpu_supports(x)=1')
for source in "${sources[@]}"; do
  if [ "$source" = CKernels/variant_avx512.c ]; then compile "$out/x86" "$source" "${avx512[@]}"
  else compile "$out/x86" "$source"; fi
done
compiled
clang "$out"/x86/*.o -o "$out/x86/prove" -l:libgomp.so.1 -lm
prove "x86-64" "$out/x86/prove"

arm=(--target=aarch64-linux-gnu)
sysroot=/usr/aarch64-linux-gnu
missing=
command -v qemu-aarch64 >/dev/null || missing+=" qemu-user"
command -v aarch64-linux-gnu-gcc >/dev/null || missing+=" gcc-aarch64-linux-gnu"
[ -e $sysroot/include/stdio.h ] || missing+=" libc6-dev-arm64-cross"
if [ -z "$missing" ]; then
  for source in "${sources[@]}"; do compile "$out/arm" "$source" "${arm[@]}" --sysroot=$sysroot -isystem $sysroot/include; done
  compiled
  aarch64-linux-gnu-gcc "$out"/arm/*.o -o "$out/arm/prove" -lgomp -lm
  prove "64-bit Arm" qemu-aarch64 -L $sysroot "$out/arm/prove"
else
  # The headers of this machine's C library, with stubs for the three places where they depend on the processor.
  mkdir -p "$out/stubs/gnu" "$out/stubs/bits"
  : >"$out/stubs/gnu/stubs-32.h"
  printf '#define __WORDSIZE 64\n#define __WORDSIZE_TIME64_COMPAT32 0\n' >"$out/stubs/bits/wordsize.h"
  arm+=('-D__regparm__(x)=' -isystem "$out/stubs" -isystem /usr/include/x86_64-linux-gnu)
  for source in CKernels/*.c; do compile "$out/arm" "$source" "${arm[@]}"; done
  compiled
  echo "64-bit Arm: compiled; to run it here install$missing"
fi

for digest in "${digests[@]}"; do
  if [ "$digest" != "${digests[0]}" ]; then
    echo "elsewhere: the digests differ" >&2
    exit 1
  fi
done
