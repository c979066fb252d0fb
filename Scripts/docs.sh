#!/usr/bin/env bash
# The documentation of the libraries as a static site in .build-docs/site.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/.build-docs
rm -rf "$work"/{site,libraries,*.doccarchive}
mkdir -p "$work/graphs"
swift build --scratch-path "$work/build" --target BatchScoring \
  -Xswiftc -emit-symbol-graph -Xswiftc -emit-symbol-graph-dir -Xswiftc "$work/graphs"

archives=()
for library in AdaptiveSoftmax TensorFiles BatchScoring; do
  mkdir -p "$work/libraries/$library"
  cp "$work/graphs/$library"[.@]*symbols.json "$work/libraries/$library"
  catalog=()
  if [ -d "Sources/$library/$library.docc" ]; then catalog=("Sources/$library/$library.docc"); fi
  docc convert "${catalog[@]}" --diagnostic-level error --additional-symbol-graph-dir "$work/libraries/$library" \
    --fallback-display-name "$library" --fallback-bundle-identifier "$library" \
    --output-path "$work/$library.doccarchive"
  archives+=("$work/$library.doccarchive")
done
docc merge "${archives[@]}" --output-path "$work/site"
echo "docs: .build-docs/site (python3 -m http.server --directory .build-docs/site)"
