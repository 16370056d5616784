# What the scripts of this folder share. Sourced, with the name of the script in $0.
set -euo pipefail
[[ -z ${PLIMSOLL_MODULES-} ]] || PLIMSOLL_MODULES=$(realpath -m "$PLIMSOLL_MODULES")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
modules=${PLIMSOLL_MODULES:-$PWD/build/modules} # where corpus/fetch puts real modules

say() { echo "${0##*/}: $*" >&2; }

die() {
  say "$*"
  exit 1
}

# Configures, saying nothing but what went wrong.
configure() {
  local log=build/$1.configure.log
  mkdir -p build
  say "configuring build/$1"
  cmake --preset "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    die "cmake --preset $1 failed; its output is above, and in $log"
  }
}

# Builds a preset, the targets given or all.
build() {
  local preset=$1
  shift
  say "building build/$preset${*:+ ($*)}"
  cmake --build --preset "$preset" ${@:+--target "$@"} || die "build/$preset does not build; the reason is above"
}
