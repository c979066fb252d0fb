#!/usr/bin/env bash
# check_install.sh BUILD: installs into a folder of its own and looks at what is there.
set -eu
cd "$(dirname "$0")/.."
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
bash Scripts/install.sh "$1" "$prefix"
"$prefix/bin/adasoft" --version
page=$prefix/share/man/man1/adasoft.1
for subcommand in score predict log-prob merge convert; do
  grep -q -- "$subcommand" "$page" || { echo "the manual page knows no $subcommand"; exit 1; }
done
# Each completion has what --shard needs; a shell that is here also reads its own.
for completion in bash-completion/completions/adasoft zsh/site-functions/_adasoft fish/vendor_completions.d/adasoft.fish; do
  grep -q shard "$prefix/share/$completion" || { echo "$completion knows no --shard"; exit 1; }
done
bash -n "$prefix/share/bash-completion/completions/adasoft"
if command -v zsh >/dev/null; then zsh -n "$prefix/share/zsh/site-functions/_adasoft"; fi
if command -v fish >/dev/null; then fish -n "$prefix/share/fish/vendor_completions.d/adasoft.fish"; fi
