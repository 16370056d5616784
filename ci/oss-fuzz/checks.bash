# What ci/oss-fuzz-check checks of a fuzz target. Sourced; knows $sanitizer, $engine, $seconds, $moved (the folder with the
# targets) and $elsewhere/work (a folder that they may write). check_target leaves TARGET.row and TARGET.problems there.

# OSS-Fuzz's thresholds.
runs=4
least_edges=100
least_asan=1000
least_msan=1000
least_ubsan=168
most_ubsan_elsewhere=200
most_msan_elsewhere=3
limits=(-rss_limit_mb=2560 -timeout=25)

# Shared libraries that are wherever a target runs: glibc's, and GCC's for unwinding. libstdc++ only where the engine needs it because
# the targets use libc++ (see ci/oss-fuzz/build.bash).
allowed_libraries='ld-linux-x86-64\.so\.2|lib(c|m|dl|rt|pthread|resolv|gcc_s)\.so\.[0-9]+|linux-vdso\.so\.1'
[[ $sanitizer != memory ]] || allowed_libraries+='|libstdc\+\+\.so\.6'

# What the sanitizers are told there.
export ASAN_OPTIONS=alloc_dealloc_mismatch=0:allocator_may_return_null=1:allocator_release_to_os_interval_ms=500
ASAN_OPTIONS+=:check_malloc_usable_size=0:detect_container_overflow=1:detect_odr_violation=0:detect_leaks=1
ASAN_OPTIONS+=:detect_stack_use_after_return=1:fast_unwind_on_fatal=0:handle_abort=1:handle_segv=1:handle_sigill=1
ASAN_OPTIONS+=:max_uar_stack_size_log=16:print_scariness=1:quarantine_size_mb=10:strict_memcmp=1:symbolize=1:use_sigaltstack=1
ASAN_OPTIONS+=:dedup_token_length=3
export MSAN_OPTIONS=print_stats=1:symbolize=1:dedup_token_length=3
export UBSAN_OPTIONS=print_stacktrace=1:print_summary=1:silence_unsigned_overflow=1:symbolize=1:dedup_token_length=3
if [[ $engine == afl ]]; then
  ASAN_OPTIONS+=:abort_on_error=1:symbolize=0
  MSAN_OPTIONS+=:exit_code=86:symbolize=0
  UBSAN_OPTIONS+=:symbolize=0
  export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_TRY_AFFINITY=1 AFL_FAST_CAL=1 AFL_NO_UI=1
  export AFL_FORKSRV_INIT_TMOUT=30000 AFL_IGNORE_UNKNOWN_ENVS=1
fi

# For root every folder can be written, so targets run as somebody else.
as_other=()
((EUID)) || as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)

# A fuzz target is an executable with LLVMFuzzerTestOneInput in it; other programs may lie beside them.
find_targets() {
  local file
  for file in "$moved"/*; do
    [[ -f $file && -x $file && $(head -c 4 "$file" | tail -c 3) == ELF ]] || continue
    ! grep -q LLVMFuzzerTestOneInput "$file" || echo "${file##*/}"
  done
}

head_row() {
  printf '%s\t' target edges asan ubsan msan libraries
  if [[ $engine == afl ]]; then printf '%s\t' 'runs/s'; else printf '%s\t' folder; fi
  printf '%s\t%s\t%s\n' seeds dictionary result
}

# run FOLDER LOG PROGRAM ARGUMENT...: in FOLDER, without what only a build knows.
run() {
  local folder=$1 log=$2
  shift 2
  (cd "$folder" && env -u OUT -u SRC -u WORK -u CC -u CXX -u CFLAGS -u CXXFLAGS -u LIB_FUZZING_ENGINE HOME=/ TMPDIR="$elsewhere/work" \
    "${as_other[@]}" timeout 600 "$@" </dev/null >"$log" 2>&1)
}

# Of a log, the lines that say what happened, or its end.
telling_lines() {
  grep -aE '^oracle |^==[0-9]+==|^SUMMARY|runtime error|ERROR|ABORT|WARNING|unrecognized flag|ParseDictionaryFile|error while' "$1" |
    head -n 6 | sed 's/^/    /' | grep . || tail -n 8 "$1" | sed 's/^/    /'
}

check_target() {
  local target=$1 problem_count=0
  local program=$moved/$target scratch=$elsewhere/work/$target edges=- asan=- ubsan=- msan=- libraries=- folder=- seeds=- dictionary=-
  local options=() words=()
  mkdir -m 777 "$scratch" "$scratch/seeds"

  # problem SENTENCE [LOG]
  problem() {
    problem_count=$((problem_count + 1))
    echo "$target: $1"
    [[ -z ${2-} ]] || telling_lines "$2"
  } >>"$elsewhere/work/$target.problems"

  [[ $target =~ ^[a-zA-Z0-9_-]+$ ]] || problem 'its name has other characters than letters, digits, _ and -'
  check_options
  check_instrumentation
  check_libraries
  if [[ $engine == afl ]]; then
    unpack_seeds
    check_afl
  else
    [[ $sanitizer == coverage ]] || check_start
    check_dictionary
    unpack_seeds
    check_seeds
  fi
  local result=pass
  ((!problem_count)) || result=FAIL
  printf '%s\t' "$target" "$edges" "$asan" "$ubsan" "$msan" "$libraries" "$folder" "$seeds" "$dictionary" >"$elsewhere/work/$target.row"
  echo "$result" >>"$elsewhere/work/$target.row"
}

# Sections of `key = value`; libFuzzer's are handed to the target, which says which it does not know.
check_options() {
  local file=$moved/$target.options line section= number=0
  [[ -f $file ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    if [[ $line =~ ^[[:space:]]*([#\;].*)?$ ]]; then
      continue
    elif [[ $line =~ ^\[(libfuzzer|asan|msan|ubsan|env|grammars)\]$ ]]; then
      section=${BASH_REMATCH[1]}
    elif [[ -n $section && $line =~ ^([a-zA-Z_0-9]+)[[:space:]]*=[[:space:]]*([^[:space:]]+)$ ]]; then
      [[ $section != libfuzzer ]] || options+=("-${BASH_REMATCH[1]}=${BASH_REMATCH[2]}")
    else
      problem "$target.options:$number is no section and no option: $line"
    fi
  done <"$file"
}

check_start() {
  local log=$scratch/start.log
  run / "$log" "$program" -- -seed=1337 -runs=$runs || problem 'does not start from another folder' "$log"
  edges=$(sed -nE 's/^INFO: Loaded [0-9]+ module.*\(.*(counters|guards)\): +([0-9]+).*/\2/p' "$log" | head -n 1)
  edges=${edges:-0}
  if ((edges < least_edges)); then problem "has $edges instrumented edges, of at least $least_edges" "$log"; fi
  log=$scratch/read-only.log
  run "$moved" "$log" "$program" -- "${limits[@]}" "${options[@]}" -seed=1337 -runs=$runs || true
  if ! grep -q "Done $runs runs" "$log"; then problem "does not make $runs runs in a folder that cannot be written" "$log"; fi
  if grep 'unrecognized flag' "$log" >"$scratch/flags.log"; then problem 'has options that libFuzzer does not know' "$scratch/flags.log"; fi
  ((problem_count)) || folder=any
}

check_instrumentation() {
  read -r asan ubsan msan < <(objdump -d "$program" | awk '
    /callq? +[0-9a-f]+ <__asan/ { ++asan }
    /callq? +[0-9a-f]+ <__ubsan/ { ++ubsan }
    /callq? +[0-9a-f]+ <__msan/ { ++msan }
    END { print asan + 0, ubsan + 0, msan + 0 }')
  local want_asan=0 want_msan=0 want_ubsan=0
  case $sanitizer in
    address) want_asan=$least_asan ;;
    memory) want_msan=$least_msan ;;
    undefined) [[ $engine == afl ]] || want_ubsan=$least_ubsan ;;
    coverage | none) return 0 ;;
  esac
  ((asan >= want_asan)) || problem "calls AddressSanitizer $asan times, of at least $want_asan"
  ((msan >= want_msan)) || problem "calls MemorySanitizer $msan times, of at least $want_msan"
  ((ubsan >= want_ubsan)) || problem "calls UndefinedBehaviorSanitizer $ubsan times, of at least $want_ubsan"
  ((want_asan || !asan)) || problem "calls AddressSanitizer $asan times in a build for $sanitizer"
  ((want_msan || msan <= most_msan_elsewhere)) || problem "calls MemorySanitizer $msan times in a build for $sanitizer"
  [[ $sanitizer == undefined ]] || ((ubsan <= most_ubsan_elsewhere)) ||
    problem "calls UndefinedBehaviorSanitizer $ubsan times, of at most $most_ubsan_elsewhere in a build for $sanitizer"
}

check_libraries() {
  local needed
  needed=$({ ldd "$program" 2>/dev/null || true; } | awk '{ print $1 }' | sed 's#.*/##')  # none of a static one
  libraries=$(wc -w <<<"$needed")
  needed=$(grep -vxE "$allowed_libraries" <<<"$needed" | paste -sd ' ') || true
  if [[ -n $needed ]]; then problem "needs shared libraries that may not be there: $needed"; fi
}

check_dictionary() {
  local file=$moved/$target.dict log=$scratch/dictionary.log
  [[ -f $file ]] || return 0
  run "$moved" "$log" "$program" -- -dict="$file" -runs=0 || true
  dictionary=$(sed -nE 's/^Dictionary: ([0-9]+) entries.*/\1/p' "$log")
  if [[ -z $dictionary || $dictionary == 0 ]]; then
    problem 'its dictionary is not read' "$log"
    dictionary=bad
  fi
}

unpack_seeds() {
  local archive=$moved/${target}_seed_corpus.zip
  if [[ ! -f $archive ]]; then
    problem 'has no seeds'
    return 0
  fi
  if ! unzip -q -d "$scratch/seeds" "$archive" >"$scratch/zip.log" 2>&1; then problem 'its archive of seeds is damaged' "$scratch/zip.log"; fi
  chmod -R a+rX "$scratch/seeds"
  seeds=$(find "$scratch/seeds" -type f | wc -l)
}

# All at once, as a fuzzer begins; if that fails, one after the other, to name those that fail.
check_seeds() {
  local log=$scratch/seeds.log file failed=0
  ((seeds)) || return 0
  if [[ $sanitizer != coverage ]]; then
    ! run "$moved" "$log" "$program" -- "${limits[@]}" "${options[@]}" -artifact_prefix="$scratch/" -runs=0 "$scratch/seeds" || return 0
  else
    export LLVM_PROFILE_FILE=$scratch/%p.profraw
    ! run "$moved" "$log" "$program" "${limits[@]}" "$scratch"/seeds/* || return 0
  fi
  for file in "$scratch"/seeds/*; do
    run "$moved" "$scratch/seed.log" "$program" -- "${limits[@]}" "${options[@]}" -artifact_prefix="$scratch/" "$file" && continue
    failed=$((failed + 1))
    ((failed > 3)) || problem "fails with its seed ${file##*/}" "$scratch/seed.log"
  done
  ((failed)) || problem 'fails with its seeds, but with none of them alone' "$log"
  seeds=$((seeds - failed))/$seeds
}

# afl-fuzz gets going, and the seeds pass; the driver takes files as well.
check_afl() {
  local log=$scratch/afl.log words=() file failed=0
  [[ ! -f $moved/$target.dict ]] || words=(-x "$moved/$target.dict")
  [[ $seeds != - ]] || echo input >"$scratch/seeds/input"
  run "$moved" "$log" afl-fuzz -m none -t 5000+ -V "$seconds" "${words[@]}" -i "$scratch/seeds" -o "$scratch/afl" -- "$program" || true
  if ! grep -q 'All set and ready to roll' "$log"; then problem 'afl-fuzz does not start' "$log"; fi
  if grep -qE 'target binary (crashed|terminated)' "$log"; then problem 'crashes at once under afl-fuzz' "$log"; fi
  edges=$(sed -nE 's/^total_edges *: *//p' "$scratch/afl/default/fuzzer_stats" 2>/dev/null || true)
  folder=$(sed -nE 's/^execs_per_sec *: *//p' "$scratch/afl/default/fuzzer_stats" 2>/dev/null || true)
  edges=${edges:-0}
  if ((edges < least_edges)); then problem "has $edges instrumented edges, of at least $least_edges" "$log"; fi
  if [[ -f $moved/$target.dict ]]; then
    dictionary=$(sed -nE 's/.*Loaded ([0-9]+) extra tokens.*/\1/p' "$log" | head -n 1)
    [[ -n $dictionary ]] || problem 'its dictionary is not read' "$log"
  fi
  ! run "$moved" "$scratch/seeds.log" find "$scratch/seeds" -type f -exec "$program" {} + || return 0
  for file in "$scratch"/seeds/*; do
    run "$moved" "$scratch/seed.log" "$program" "$file" && continue
    failed=$((failed + 1))
    ((failed > 3)) || problem "fails with its seed ${file##*/}" "$scratch/seed.log"
  done
  ((!failed)) || seeds=$((seeds - failed))/$seeds
}
