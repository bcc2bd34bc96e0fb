#!/usr/bin/env bash
# Installs programs that are missing with the system's package manager. Arguments: PROGRAM or PROGRAM:PACKAGE.
set -euo pipefail

missing=()
for item in "$@"; do
  command -v "${item%%:*}" >/dev/null || missing+=("${item##*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)

if ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]}. Install them with your package manager (macOS: brew install ${missing[*]/redis-server/redis}), then try again." >&2
  exit 1
fi
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}" >&2; exit 1; }
  sudo="sudo"
fi

echo "Installing ${missing[*]}…" >&2
# Only the programs are wanted: the packages must not start services of their own.
policy=/usr/sbin/policy-rc.d
made_policy=false
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | $sudo tee "$policy" >/dev/null
  $sudo chmod +x "$policy"
  made_policy=true
fi
trap '[ "$made_policy" = false ] || $sudo rm -f "$policy"' EXIT
$sudo apt-get update -qq >/dev/null
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
