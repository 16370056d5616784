#!/bin/sh
# usage: check_if_there.sh PLIMSOLL MODULES TIER. `plimsoll gate check` of a tier, or exit 77 if it is not on this machine.
if [ -z "$2" ] || [ ! -d "$2/$3" ]; then
  echo "skipped: no real modules; get them with corpus/fetch --tier $3 DIR and configure with -DPLIMSOLL_MODULES=DIR"
  exit 77
fi
exec "$1" gate check --tier "$3" --modules "$2"
