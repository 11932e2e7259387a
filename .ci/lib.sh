# What the parts share: counted checks, and the closing line of a part. Each part sources this file first.
# shellcheck shell=bash
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

PART=$(basename "$0")
# one place for the compiled and built sources of all tests and parts; the shell that makes it removes it
if [ -z "${COMPILED_FOR_TESTS:-}" ]; then
  COMPILED_FOR_TESTS=$(cd "$(mktemp -d)" && pwd -P)
  made_here=$COMPILED_FOR_TESTS
  export COMPILED_FOR_TESTS
  trap 'rm -rf "$made_here"' EXIT
fi
passed=0
failed=0
skipped=0

# check NAME COMMAND…: runs one check and counts it as one
check() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '!! %s failed\n' "$name"
  fi
}

# skip WHY: counts one check that cannot run here as skipped
skip() {
  skipped=$((skipped + 1))
  printf '!! skipped: %s\n' "$1"
}

# plain COMMAND…: runs it without colours, with errors and output in one stream
plain() { "$@" 2>&1 | sed 's/\x1b\[[0-9;]*m//g'; }

# compiled FILE ARG…: runs a program of the sources; for long work this takes a quarter less than under tsx
compiled() { node --import tsx conformance/support/compiled-main.ts "$@"; }

# number NAME FILE: the last number after a name in a log
number() { grep -aoE "^ *$1:? +[0-9]+" "$2" | grep -oE '[0-9]+' | tail -n 1; }

# tests NAME COMMAND…: runs test files and adds their counts; if the runner fails without a failed test, that is one failure
tests() {
  local name=$1 log status total ok skip missed
  shift
  printf '\n== %s\n' "$name"
  log=$(mktemp)
  plain "$@" | tee "$log"
  status=${PIPESTATUS[0]}
  total=$(number Total "$log")
  ok=$(number Passed "$log")
  skip=$(number Skipped "$log")
  rm -f "$log"
  if [ "${total:-0}" -eq 0 ]; then
    printf '!! %s ran no test\n' "$name"
    failed=$((failed + 1))
    return
  fi
  # the total does not include skipped tests
  missed=$((total - ok))
  [ "$status" -ne 0 ] && [ "$missed" -eq 0 ] && missed=1
  passed=$((passed + ok))
  failed=$((failed + missed))
  skipped=$((skipped + ${skip:-0}))
}

# debian COMMAND PACKAGE…: installs Debian packages when the command is missing; one installation at a time
debian() {
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return
  # shellcheck disable=SC2016
  flock "${TMPDIR:-/tmp}/relay-ci-apt.lock" bash -c '
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"' _ "$@" </dev/null
}

# need_node: the release that package.json asks for
need_node() {
  node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' && return
  printf 'Node 20.19 or newer is needed.\n'
  failed=$((failed + 1))
  finish
}

# setup: the packages of a clean checkout; `.ci/run` installs them once for all parts
setup() {
  [ -n "${RELAY_CI_READY:-}" ] && return
  need_node
  [ -d node_modules ] || check 'npm ci' npm ci --no-audit --no-fund
  [ "$failed" -eq 0 ] || finish
}

finish() {
  printf '\n%s%d passed, %d failed, %d skipped\n' "${PART:+$PART: }" "$passed" "$failed" "$skipped"
  [ "$failed" -eq 0 ]
  exit
}
