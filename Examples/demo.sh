#!/bin/sh
# Scores a real head over a real vocabulary: demo.sh [ADASOFT [FOLDER]]. FOLDER is laid out as Examples/small is.
set -eu
adasoft=${1:-adasoft}
data=${2:-$(dirname "$0")/small}
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
head="$data/head.safetensors"
hidden="$data/hidden.npy"
target="$data/targets.npy"

# The number that PyTorch found: a member of ref_summary.json.
pytorch() { sed -n "s/^ *\"$1\": *\([-0-9.e]*\),*\$/\1/p" "$data/ref_summary.json"; }
say() { printf '\n$ %s\n' "$*"; }

say adasoft inspect "$head"
"$adasoft" inspect "$head"

say adasoft score --head "$head" --hidden "$hidden" --target "$target" -o logp.npy
"$adasoft" score --verbose --head "$head" --hidden "$hidden" --target "$target" -o "$output/logp.npy" | tee "$output/score"
awk -v loss="$(pytorch mean_loss)" -v perplexity="$(pytorch perplexity)" '
  $1 == "loss" { ours = $2 }
  END {
    difference = ours - loss
    if (difference < 0) difference = -difference
    printf "PyTorch (float64): loss %.9f, perplexity %.6f; difference in loss %.1e\n", loss, perplexity, difference
    if (!(difference <= 1e-6)) { print "the loss differs by more than 1e-6"; exit 1 }
  }' "$output/score"

say adasoft predict --head "$head" --hidden "$hidden" --target "$target" --vocabulary "$data/vocab.txt" -o classes.npy
"$adasoft" predict --head "$head" --hidden "$hidden" --target "$target" --vocabulary "$data/vocab.txt" --samples 20 \
  -o "$output/classes.npy"
awk -v accuracy="$(pytorch predict_accuracy)" 'BEGIN { printf "PyTorch: accuracy  %.2f %%\n", 100 * accuracy }'
