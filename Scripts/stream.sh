#!/usr/bin/env bash
# stream.sh BUILD ROWS: `adasoft score` on a file of ROWS x 1024 floats beside the kernels alone, with the tools of the folder
# BUILD. The files go to TMPDIR and away again.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
"$1/stream" "$1/adasoft" "$folder" "$2"
