#!/usr/bin/env bash
# Takes the picture of the README: the dashboard over a pipeline that has run for two minutes, views declared.
set -euo pipefail
cd "$(dirname "$0")/.."

data=$(mktemp -d)
./streamgauge up --data "$data" --rate 4000 --processors 2 --port 8099 >"$data/out" 2>&1 &
up=$!
trap 'kill "$up"; wait "$up" || true; rm -rf "$data"' EXIT
for _ in $(seq 300); do
  curl -sf http://localhost:8099/health/ready >/dev/null && break
  sleep 1
done
./streamgauge views apply examples/web-shop.json --redis "unix://$data/redis.sock"
sleep 120
mkdir -p docs/images
STREAMGAUGE_PICTURE_OF='http://localhost:8099/?view=turnover&from=5m' STREAMGAUGE_PICTURE_TO="$PWD/docs/images/dashboard.png" \
  dotnet test tests/Streamgauge.Tests.Dashboard -c Release --nologo -v quiet --filter PictureTests
