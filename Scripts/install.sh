#!/usr/bin/env bash
# install.sh BUILD PREFIX: the adasoft tool of the folder BUILD with its manual page and its completions, under PREFIX.
set -eu
cd "$(dirname "$0")/.."
build=$1
prefix=$2
tool=$build/adasoft

# The page of argument-parser's plugin. Where a plugin may not run, SwiftPM says why, and the rest is installed all the same.
page=.build/plugins/GenerateManual/outputs/adasoft/adasoft.1
if ! log=$(swift package plugin generate-manual 2>&1) || [ ! -s "$page" ]; then
  printf '%s\n' "$log" "make install: the manual page could not be made" >&2
  exit 1
fi

install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$tool" "$prefix/bin/adasoft"
install -m 644 "$page" "$prefix/share/man/man1/adasoft.1"
"$tool" --generate-completion-script bash >"$prefix/share/bash-completion/completions/adasoft"
"$tool" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_adasoft"
"$tool" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/adasoft.fish"
