#!/usr/bin/env bash
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite ask for it: with the compiler, the flags and the engine that the
# environment names, into $OUT, each target with its seeds, options and dictionary. Which sanitizer and which engine it is, is
# none of this script's business; ci/oss-fuzz-check calls it as they do.
set -euo pipefail

say() { echo "fuzz/oss-fuzz.sh: $*" >&2; }

die() {
  say "$*"
  exit 1
}

case ${1-} in
  '') ;;
  *)
    cat <<'EOF'
usage: fuzz/oss-fuzz.sh

Builds every fuzz target with $CC, $CXX, $CFLAGS and $CXXFLAGS, linked with $LIB_FUZZING_ENGINE, in $WORK, and puts into $OUT each
target with TARGET_seed_corpus.zip, TARGET.options and, if its input is a module, TARGET.dict. The sources, of which $SRC is the
folder, are read only. OSS-Fuzz and ClusterFuzzLite set these variables; ci/oss-fuzz-check sets them where neither is.
EOF
    [[ $1 == -h || $1 == --help ]] && exit 0 || exit 2
    ;;
esac

for name in CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE OUT SRC WORK; do
  [[ -n ${!name+set} ]] || die "\$$name is not set; see fuzz/oss-fuzz.sh --help"
done
for name in CC CXX LIB_FUZZING_ENGINE; do
  [[ -n ${!name} ]] || die "\$$name is empty"
done
for name in OUT SRC WORK; do
  [[ -d ${!name} ]] || die "\$$name is no folder: '${!name}'"
done
for tool in cmake ninja zip; do
  command -v "$tool" >/dev/null || die "$tool is not installed"
done

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$WORK/plimsoll
[[ $source/ == "$(cd "$SRC" && pwd)"/* ]] || say "the sources are not in \$SRC: reports of coverage will not show them"

# The programs that are run during the build have the flags of the targets. What they leak or count is nobody's concern.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
export LLVM_PROFILE_FILE=$build/%p.profraw

# The C++ library is linked in. Clang names it before the targets' own files, where libFuzzer needs it: of libc++, that is well,
# because its operator new gives way to that of the ledger's hooks. Of libstdc++ it does not, so that one is named after them.
if [[ " $CXXFLAGS " == *' -stdlib=libc++ '* ]]; then
  link_flags=-static-libstdc++
  link_last=
else
  link_flags=
  link_last='-nostdlib++ -Wl,-Bstatic -Wl,-lstdc++ -Wl,-Bdynamic'
fi

# A build of other flags may have left its files. The type "None" adds no flags to those that were given.
rm -rf "$build"
cmake -G Ninja -S "$source" -B "$build" \
  -DCMAKE_C_COMPILER="$CC" -DCMAKE_CXX_COMPILER="$CXX" -DCMAKE_C_FLAGS="$CFLAGS" -DCMAKE_CXX_FLAGS="$CXXFLAGS" \
  -DCMAKE_BUILD_TYPE=None -DCMAKE_EXE_LINKER_FLAGS="$link_flags" -DCMAKE_CXX_STANDARD_LIBRARIES="$link_last" \
  -DBUILD_SHARED_LIBS=OFF \
  -DPLIMSOLL_BUILD_FUZZ=ON -DPLIMSOLL_FUZZ_ENGINE="$LIB_FUZZING_ENGINE" \
  -DPLIMSOLL_BUILD_COMMAND=OFF -DPLIMSOLL_BUILD_TESTS=OFF -DPLIMSOLL_BUILD_BENCH=OFF
cmake --build "$build" --target fuzz_targets hex2wasm
made=$build/fuzz/bin

# The seeds of a kind of input: what fuzz/corpus has, and for modules the small ones that are kept as sources.
gather_seeds() {
  local kind=$1 folder=$2 file name
  mkdir -p "$folder"
  if [[ -d $source/fuzz/corpus/$kind ]]; then
    find "$source/fuzz/corpus/$kind" -type f ! -name '*.md' -exec cp -t "$folder" {} +
  fi
  [[ $kind == wasm ]] || return 0
  for file in "$source"/corpus/{modules,errors,warnings}/*.hex; do
    name=${file#"$source/corpus/"}
    name=${name%.hex}.wasm
    "$build/regress/assemble/hex2wasm" "$file" >"$folder/${name//\//-}" || die "$file does not assemble"
  done
}

# In the same order and with the same time, so that the same seeds make the same archive.
pack() {
  local folder=$1 archive=$2
  rm -f "$archive"
  find "$folder" -type f -exec touch -d 1980-01-01T00:00:00Z {} +
  (cd "$folder" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -@ "$archive")
}

targets=0
while IFS=$'\t' read -r target kind; do
  seeds=$build/seeds/$kind
  [[ -d $seeds ]] || gather_seeds "$kind" "$seeds"
  [[ -n $(find "$seeds" -type f -print -quit) ]] || die "$target has no seeds: fuzz/corpus/$kind is empty"
  cp "$made/$target" "$OUT/$target"
  [[ -f $build/seeds/$kind.zip ]] || pack "$seeds" "$build/seeds/$kind.zip"
  cp "$build/seeds/$kind.zip" "$OUT/${target}_seed_corpus.zip"
  cp "$made/$target.options" "$OUT/"
  if [[ $kind == wasm ]]; then cp "$made/wasm.dict" "$OUT/$target.dict"; fi
  targets=$((targets + 1))
done <"$made/targets.tsv"
((targets)) || die "$made/targets.tsv names no target"
say "$targets targets in $OUT"
