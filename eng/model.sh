#!/usr/bin/env bash
# Plays random operations against the model of the function library for longer than `make test` does: model.sh [--steps N] [--seed N]
set -euo pipefail
cd "$(dirname "$0")/.."

export SG_MODEL_STEPS=1000000
while [ $# -gt 0 ]; do
  case "$1" in
    --steps) SG_MODEL_STEPS=${2:?--steps needs a number}; shift 2 ;;
    --seed) export SG_MODEL_SEED=${2:?--seed needs a number}; shift 2 ;;
    *) echo "model.sh: unknown argument '$1'; known are --steps N and --seed N" >&2; exit 2 ;;
  esac
done
dotnet test tests/Streamgauge.Streams.Tests -c Release --nologo --logger "console;verbosity=detailed" \
  --filter "FullyQualifiedName~LibraryModelTests.Every_reply" | grep -v '^\[xUnit'
