#!/usr/bin/env bash
# lay.sh DIR: lays real servers into DIR from Debian's packages, without touching the system, for cases to be recorded from:
#   DIR/redis-7.0    Redis 7.0    (bookworm)
#   DIR/redis-8.0    Redis 8.0    (trixie)
#   DIR/valkey-8.1   Valkey 8.1   (trixie)
# Each gets bin/{server,cli,benchmark}: wrappers that run the packaged program on its own C library. What is there is kept.
# Needs Linux on x86-64, apt-get with a Debian source, dpkg, and about 120 MB. Says what is missing and exits 1 otherwise.
set -euo pipefail

fail() { echo "lay.sh: $*" >&2; exit 1; }

dir=$(mkdir -p "${1:?usage: lay.sh DIR}" && cd "$1" && pwd)
complete=yes
for name in redis-7.0 redis-8.0 valkey-8.1; do [[ -x $dir/$name/bin/server ]] || complete=no; done
[[ $complete == yes ]] && exit 0

[[ $(uname -sm) == "Linux x86_64" ]] || fail "packages are laid on Linux x86-64 only"
command -v apt-get >/dev/null && command -v dpkg >/dev/null || fail "apt-get and dpkg are needed"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$') ||
  fail "no Debian mirror among the apt sources"
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[[ -e $keyring ]] || fail "the Debian archive keyring is not installed"

# lay NAME SUITE PREFIX PACKAGE...: an apt of its own, with state and cache below DIR, downloads; dpkg only unpacks.
lay() {
  local name=$1 suite=$2 prefix=$3; shift 3
  local home=$dir/$name
  [[ -x $home/bin/server ]] && return 0
  local root=$home/root apt=$dir/.apt/$suite
  mkdir -p "$root" "$home/bin" "$apt/state/lists/partial" "$apt/cache/archives/partial"
  : > "$apt/status"
  echo "deb [signed-by=$keyring] $mirror $suite main" > "$apt/sources.list"
  local options=(-qq -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache"
    -o Dir::Etc::sourcelist="$apt/sources.list" -o Dir::Etc::sourceparts=/nonexistent
    -o APT::Install-Recommends=false -o APT::Sandbox::User=root -o Debug::NoLocking=1)
  [[ -f $apt/updated ]] || { apt-get "${options[@]}" update && touch "$apt/updated"; }
  apt-get "${options[@]}" --download-only -y install "$@" >/dev/null
  local package
  for package in "$apt"/cache/archives/*.deb; do dpkg -x "$package" "$root"; done
  rm -f "$apt"/cache/archives/*.deb

  local loader libraries tool program
  loader=$(find "$root" -name 'ld-linux-x86-64.so.2' | head -1)
  libraries=$root/usr/lib/x86_64-linux-gnu:$root/lib/x86_64-linux-gnu
  for tool in server cli benchmark; do
    # The server, its checkers and its sentinel are one program: what it is called tells it which to be.
    program=$(readlink -f "$root/usr/bin/$prefix-$tool")
    printf '#!/bin/sh\nexec %s --argv0 %s --library-path %s %s "$@"\n' \
      "$loader" "$prefix-$tool" "$libraries" "$program" > "$home/bin/$tool.new"
    chmod +x "$home/bin/$tool.new"
    mv "$home/bin/$tool.new" "$home/bin/$tool"
  done
}

lay redis-7.0 bookworm redis redis-server redis-tools libc6
lay redis-8.0 trixie redis redis-server redis-tools libc6
lay valkey-8.1 trixie valkey valkey-server valkey-tools libc6
