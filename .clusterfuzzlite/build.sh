#!/bin/bash -eu
# What ClusterFuzzLite runs.
exec "$SRC/plimsoll/fuzz/oss-fuzz.sh"
