# What install_test and exported_symbols_test share. Both are given by CTest, as variables: SOURCE_DIR, BUILD_DIR, WORK_DIR,
# VERSION, CMAKE, GENERATOR, CXX, CC, LAUNCHER, NM.
set -euo pipefail
export LC_ALL=C

fail() {
  echo "FAILED: $*"
  exit 1
}

start_work_folder() {
  rm -rf "$WORK_DIR"
  mkdir -p "$WORK_DIR"
  printf '\0asm\1\0\0\0' >"$WORK_DIR/empty.wasm"
  printf '\0asm\1\0\0\0\1' >"$WORK_DIR/cut.wasm"
}

# The example of README.md: its first block of C++.
write_example() {
  awk '/^```cpp$/ { on = 1; next } /^```$/ && on { exit } on' "$SOURCE_DIR/README.md" >"$1"
  [[ -s $1 ]] || fail "README.md has no block of C++"
}

# Configures another project with this build's compiler.
configure() {
  "$CMAKE" -G "$GENERATOR" -DCMAKE_CXX_COMPILER="$CXX" ${LAUNCHER:+-DCMAKE_CXX_COMPILER_LAUNCHER="$LAUNCHER"} \
    -DCMAKE_BUILD_TYPE=Release "$@"
}

# The README's example loads a module and refuses half of one.
run_example() {
  "$1" "$WORK_DIR/empty.wasm" || fail "$1 refuses an empty module"
  if "$1" "$WORK_DIR/cut.wasm"; then fail "$1 accepts a module that is cut off"; fi
  if "$1" "$WORK_DIR/missing.wasm"; then fail "$1 loads a file that is not there"; fi
}
