#!/usr/bin/env bash
# Write constraints.txt: every version that the README's commands install, from a fresh environment.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
echo 'torch==2.13.0' > "$work/torch.txt"  # a later torch pulls several GB of CUDA packages
"$work/venv/bin/pip" install -q -c "$work/torch.txt" '.[test]'
{
  echo '# Made by scripts/pin_constraints.sh. torch 2.13.0 is the release with a small CPU build.'
  "$work/venv/bin/pip" freeze --exclude foretell | sed 's/^\(torch==[^+]*\)+.*/\1/'
} > constraints.txt
