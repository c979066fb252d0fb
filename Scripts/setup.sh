#!/usr/bin/env bash
# Installs what a build wants and the machine lacks: libomp, by apt-get where that is the way and this user may.
# Without it the build still succeeds and is parallel, through libgomp.
set -u

if ! command -v swift >/dev/null; then
  echo "setup: no swift on the PATH: install Swift 6.2 or newer (swift.org/install)" >&2
  exit 1
fi
[ "$(uname -s)" = Linux ] || exit 0

has_libomp() {
  local folder
  for folder in /usr/lib/*-linux-gnu /usr/lib64 /usr/lib /usr/local/lib; do
    if [ -e "$folder/libomp5.so" ] || [ -e "$folder/libomp.so" ]; then return 0; fi
  done
  return 1
}
has_libomp && exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then as_root="sudo -n"; fi
apt() {
  DEBIAN_FRONTEND=noninteractive $as_root apt-get -qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 "$@" \
    </dev/null >/dev/null 2>&1
}

if command -v apt-get >/dev/null && $as_root true 2>/dev/null; then
  echo "setup: installing libomp-dev"
  apt install -y libomp-dev || { apt update && apt install -y libomp-dev; }
  if has_libomp; then
    # Manifests that were evaluated before there was a libomp name the other runtime.
    rm -rf "${XDG_CACHE_HOME:-$HOME/.cache}/org.swift.swiftpm/manifests"
    exit 0
  fi
  echo "setup: libomp-dev could not be installed" >&2
fi
echo "setup: no libomp: the kernels will use libgomp; for libomp install libomp-dev (Debian, Ubuntu) or libomp-devel (Fedora)" >&2
