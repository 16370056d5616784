#!/bin/sh
# run_official_suite.sh COMMAND FOLDER [OPTION...]: runs one official suite for ctest; exit code 77, "skipped", where it is absent.
if [ ! -d "$2" ]; then
  echo "skipped: there is no $2"
  echo "To get it: put the official suites (WebAssembly/testsuite, turned into JSON and binaries with"
  echo "\`wasm-tools json-from-wast\` or \`wast2json\`) into that folder, or point the CMake variable PLIMSOLL_SHARED at"
  echo "a folder whose spec/ holds them, and configure again."
  exit 77
fi
command=$1
shift
exec "$command" suite "$@"
