#!/bin/sh
# usage: try.sh LOADER_BENCH ADVERSARY_LOADS. Runs every bench for a moment, on a module of our own; fails if one is missing or has an error.
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
"$2" write small "$folder" casts || exit 1
"$1" --benchmark_min_time=0.001 --benchmark_format=json "$folder/casts.wasm" >"$folder/out" || exit 1
for bench in leb128/u32 floor/memcpy/casts floor/sum/casts floor/decode/casts decode/casts load/memory/casts load/mapped/casts section/code/casts \
  small/in_turn small/cold/casts; do
  grep -q "\"name\": \"$bench" "$folder/out" || { echo "no $bench among:" && cat "$folder/out" && exit 1; }
done
if grep -B 9 '"error_occurred": true' "$folder/out"; then exit 1; fi
"$1" "$folder/none.wasm" 2>/dev/null && exit 1
"$1" 2>/dev/null
[ $? = 2 ]
