#!/bin/bash -eu
# What OSS-Fuzz runs.
exec "$SRC/plimsoll/fuzz/oss-fuzz.sh"
