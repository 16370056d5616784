#!/bin/sh
# quick_test.sh PROGRAM SOURCE_FOLDER: a short run against V8 for ctest; exit code 77, "skipped", where there is none.
if ! node=$("$2/ci/current-node"); then
  echo "skipped: needs a current node: ci/current-node --fetch"
  exit 77
fi
"$1" --peer v8 --node "$node" --count 2000 "$2/corpus/modules" "$2/corpus/errors" 2>&1 || exit 1
"$1" --peer v8 --node "$node" --smith 4000 2>&1 || exit 1
# Every rule of the list is still true of V8.
! "$1" --peer v8 --node "$node" --smith 1 2>&1 | grep 'does not show it'
