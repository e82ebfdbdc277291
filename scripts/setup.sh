#!/usr/bin/env bash
# Installs what building and testing need: npm packages, and, as root on Debian, the programs that tests use.
set -euo pipefail
cd "$(dirname "$0")/.."

major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)
if [ "$major" -lt 20 ]; then
  echo "belay needs Node 20.19 or newer; this is $(node --version 2>/dev/null || echo 'no node at all')" >&2
  exit 1
fi

echo "setup: npm packages"
# Not `npm ci`: it refuses where a registry does not carry the optional packages of every other platform.
npm install --no-save --no-audit --no-fund --loglevel=error

missing=()
for program in strace zip unzip openssl tar setpriv; do
  command -v "$program" >/dev/null || missing+=("$program")
done
[ ${#missing[@]} -eq 0 ] && exit 0

packages=("${missing[@]/setpriv/util-linux}")
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "setup: ${packages[*]} from Debian's packages"
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "${packages[@]}") >/dev/null 2>&1 ||
    echo "setup: could not install ${packages[*]}; tests that need them are skipped with the reason" >&2
else
  echo "setup: tests that need ${missing[*]} are skipped until they are installed (Debian: apt-get install ${packages[*]})" >&2
fi
