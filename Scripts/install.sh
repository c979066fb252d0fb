#!/usr/bin/env bash
# install.sh BUILD PREFIX: the adasoft tool of the folder BUILD with its manual page and its completions, under PREFIX. The
# page is written by argument-parser's generate-manual, which is to be in BUILD too.
set -eu
cd "$(dirname "$0")/.."
build=$1
prefix=$2
tool=$build/adasoft

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
"$build/generate-manual" "$tool" --output-directory "$pages"

install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
  "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
install -m 755 "$tool" "$prefix/bin/adasoft"
install -m 644 "$pages/adasoft.1" "$prefix/share/man/man1/adasoft.1"
"$tool" --generate-completion-script bash >"$prefix/share/bash-completion/completions/adasoft"
"$tool" --generate-completion-script zsh >"$prefix/share/zsh/site-functions/_adasoft"
"$tool" --generate-completion-script fish >"$prefix/share/fish/vendor_completions.d/adasoft.fish"
