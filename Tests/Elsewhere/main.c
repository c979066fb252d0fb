// `elsewhere SEED COUNT`: the bits proof without Swift, for a processor that this machine is not. Prints the variants that
// ran and the digest of the cases, or the first difference.
#include "kernel_proof.h"
#include "smx_kernels.h"

#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments) {
  if (count != 3) return fputs("usage: elsewhere SEED COUNT\n", stderr), 64;
  char message[600];
  uint64_t digest = 0;
  if (!proof_bits(strtoull(arguments[1], NULL, 10), strtoull(arguments[2], NULL, 10), &digest, message, sizeof message))
    return puts(message), 1;
  for (size_t v = 0; v < smx_variant_count(); v++)
    if (smx_variant_runs_here(v)) printf("%s, ", smx_variant_name(v));
  printf("%s: digest %016llx\n", smx_runtime(), (unsigned long long)digest);
}
