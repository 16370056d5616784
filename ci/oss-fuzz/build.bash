# What ci/oss-fuzz-check builds with: the environment in which OSS-Fuzz calls build.sh. Sourced; knows $sanitizer and $engine.

base=$PWD/build/oss-fuzz/$engine-$sanitizer

# The flags of OSS-Fuzz's builder: first those of every build, then those of each sanitizer, then those of the engine.
common_flags='-O1 -fno-omit-frame-pointer -gline-tables-only -Wno-error=incompatible-function-pointer-types
  -Wno-error=int-conversion -Wno-error=deprecated-declarations -Wno-error=implicit-function-declaration
  -Wno-error=implicit-int -Wno-error=unknown-warning-option -Wno-error=vla-cxx-extension
  -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION'
undefined_fatal=array-bounds,bool,builtin,enum,function,integer-divide-by-zero,null,object-size,return,returns-nonnull-attribute
undefined_fatal+=,shift,signed-integer-overflow,unreachable,vla-bound,vptr
declare -A sanitizer_flags=(
  [address]='-fsanitize=address -fsanitize-address-use-after-scope'
  [undefined]="-fsanitize=$undefined_fatal,unsigned-integer-overflow -fno-sanitize-recover=$undefined_fatal"
  [memory]='-fsanitize=memory -fsanitize-memory-track-origins'
  [coverage]=
  [none]=
)
feedback_flags() {
  case $engine-$sanitizer in
    afl-*) ;; # its compiler brings its own
    *-coverage)
      echo '-fprofile-instr-generate -fcoverage-mapping -pthread -Wl,--no-as-needed -Wl,-ldl -Wl,-lm -Wno-unused-command-line-argument'
      ;;
    *) echo '-fsanitize=fuzzer-no-link' ;;
  esac
}

# A copy of the sources, as committed and as changed, that the build may not write.
copy_sources() {
  local into=$1
  mkdir -p "$into"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [[ ! -e $file ]] || printf '%s\0' "$file"
  done | tar --null -cT - | tar -xC "$into"
  chmod -R a-w "$into"
}

build_like_oss_fuzz() {
  local sources=$base/src flags libraries= cxx_flags= cc=clang-19 cxx=clang++-19 link=-fsanitize=fuzzer log=$base/log
  local subsets=(build fuzz)
  [[ $engine != afl ]] || subsets+=(afl)
  ci/setup "${subsets[@]}" || die "could not install what is missing"

  # As OSS-Fuzz does, with a libc++ that has MemorySanitizer. Debian's libFuzzer needs libstdc++ beside it, which it has to itself:
  # it must not find libc++abi's `__dynamic_cast`.
  if [[ $sanitizer == memory ]]; then
    libraries=$(ci/msan-libcxx)
    cxx_flags="-Wno-unused-command-line-argument -nostdinc++ -isystem $libraries/include/c++/v1 -stdlib=libc++ -L$libraries/lib"
    link+=' -Wl,-lstdc++ -Wl,--exclude-libs,libc++.a'
  fi
  flags=$(echo $common_flags ${sanitizer_flags[$sanitizer]} $(feedback_flags))
  # Debian's AFL++ is built around clang 14, whose C++ library is too old for it; around clang 19 it takes clang's own instrumentation.
  if [[ $engine == afl ]]; then
    cc=afl-clang-fast
    cxx=afl-clang-fast++
    link=$(dirname "$(readlink -f "$(command -v afl-fuzz)")")/../lib/afl/libAFLDriver.a
    export AFL_CC=clang-19 AFL_CXX=clang++-19 AFL_LLVM_INSTRUMENT=LLVM-NATIVE AFL_QUIET=1
  fi

  [[ ! -d $base ]] || chmod -R u+w "$base" # sources that nobody may write
  rm -rf "$base"
  mkdir -p "$base"/{out,work}
  copy_sources "$sources/plimsoll"
  touch "$base/stamp"
  say "building into $base ($engine, $sanitizer)"
  local launcher=
  command -v ccache >/dev/null && launcher=ccache
  env ${launcher:+CMAKE_C_COMPILER_LAUNCHER=$launcher CMAKE_CXX_COMPILER_LAUNCHER=$launcher CCACHE_NAMESPACE=oss-fuzz-$engine CCACHE_COMPILERTYPE=clang} \
    CC="$cc" CXX="$cxx" CFLAGS="$flags" CXXFLAGS="$flags $cxx_flags" LIB_FUZZING_ENGINE="$link" \
    OUT="$base/out" SRC="$sources" WORK="$base/work" SANITIZER="$sanitizer" FUZZING_ENGINE="$engine" ARCHITECTURE=x86_64 \
    bash -eu "$sources/plimsoll/fuzz/oss-fuzz/build.sh" >"$log" 2>&1 || {
    tail -n 40 "$log" >&2
    die "fuzz/oss-fuzz.sh failed; the end of $log is above"
  }
  local written
  written=$(find "$sources/plimsoll" -newer "$base/stamp" | head -n 3)
  [[ -z $written ]] || die "the build wrote into the sources: $written"
}
