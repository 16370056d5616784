#!/bin/sh
# Tests the page that COMMAND makes, in a headless Chromium. Exit code 77, and how to get it, if something for that is not there.
# usage: run.sh COMMAND TEMPLATE_IS_BUILT(ON|OFF) TEST...
skip() {
  echo "skipped: $1; \`ci/setup report\` installs it"
  exit 77
}
cd "$(dirname "$0")/.." || exit 1
[ "$2" = ON ] || skip "this build has no template of the page (configure again once there is one): npm packages are missing"
[ -d node_modules/playwright-core ] || skip "there is no playwright-core in regress/report/node_modules"
[ -n "$PLIMSOLL_CHROMIUM" ] || command -v chromium chromium-browser google-chrome >/dev/null || skip "there is no chromium"
PLIMSOLL_COMMAND=$1
export PLIMSOLL_COMMAND
shift 2
exec node --test "$@"
