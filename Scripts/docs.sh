#!/usr/bin/env bash
# The documentation of the libraries as a static site in .build-docs.
set -eu
cd "$(dirname "$0")/.."
swift package --scratch-path .build-docs/build dump-symbol-graph --minimum-access-level public >/dev/null
graphs=$(find .build-docs/build -type d -name symbolgraph | head -n 1)
archives=()
for library in AdaptiveSoftmax TensorFiles BatchScoring; do
  mkdir -p ".build-docs/graphs/$library"
  cp "$graphs/$library"*.symbols.json ".build-docs/graphs/$library"
  catalog=Sources/$library/$library.docc
  docc convert $([ -d "$catalog" ] && echo "$catalog") --additional-symbol-graph-dir ".build-docs/graphs/$library" \
    --fallback-display-name "$library" --fallback-bundle-identifier "$library" --warnings-as-errors \
    --output-path ".build-docs/$library.doccarchive"
  archives+=(".build-docs/$library.doccarchive")
done
rm -rf .build-docs/site
docc merge "${archives[@]}" --output-path .build-docs/site
echo "docs: .build-docs/site (serve it with: python3 -m http.server --directory .build-docs/site)"
