#!/usr/bin/env bash
# Ours beside PyTorch, ONNX Runtime, JAX, NumPy and FAISS, in one process and on the same inputs.
#
#   Benchmarks/peers/run.sh [--quick] [--only TEXT] [--data FOLDER] ...      see compare.py --help
#
# Sets up a Python environment in .build-peers (PyPI; about 0.8 GB to fetch) and builds Benchmarks/PeerExports.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
environment=$top/.build-peers
export PIP_DISABLE_PIP_VERSION_CHECK=1

wanted=$(cat "$here"/requirements*.txt)
if [ "$wanted" != "$(cat "$environment/installed.txt" 2>/dev/null)" ]; then
  echo "peers: setting up $environment"
  python3 -m venv --clear "$environment"
  "$environment/bin/pip" install --quiet -r "$here/requirements.txt"
  "$environment/bin/pip" install --quiet --no-deps -r "$here/requirements-torch.txt"
  "$environment/bin/python" "$here/cuda_stubs.py"
  echo "$wanted" >"$environment/installed.txt"
fi

swift build --package-path "$top/Benchmarks" --scratch-path "$top/.build-bench" -c release --product PeerExports
library=$(swift build --package-path "$top/Benchmarks" --scratch-path "$top/.build-bench" -c release --show-bin-path)
exec "$environment/bin/python" "$here/compare.py" --library "$library/libPeerExports.so" "$@"
