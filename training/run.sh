#!/bin/sh
# Tokenizer, data, training, export: training/run.sh [--deadline 100m] [--corpus DIR] [--resume] [--from MODEL_DIR] [--config c]
set -eu
here=$PWD
cd "$(dirname "$0")"
deadline=100m
resume=
from=
config=c
while [ $# -gt 0 ]; do
  case "$1" in
    --deadline) deadline=$2; shift 2 ;;
    --corpus) export BALTORO_CORPUS="$2"; shift 2 ;;
    --resume) resume=--resume; shift ;;
    --config) config=$2; shift 2 ;;
    --from) from=$(cd "$here" && cd "$2" && pwd); shift 2 ;;
    *) echo "unknown option: $1" >&2; exit 2 ;;
  esac
done
# Threads that wait do not spin; large blocks stay in the heap (mapping them anew each step costs a third of the speed).
export GOMP_SPINCOUNT=0 OMP_WAIT_POLICY=passive
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=17179869184 MALLOC_TOP_PAD_=268435456
python="nice -n 4 ${PYTHON:-/usr/bin/python3}"
if [ -n "$from" ]; then
  mkdir -p ../artifacts/nano
  cp "$from/tiktoken.model" ../artifacts/nano/tiktoken.model
elif [ -z "$resume" ]; then
  $python -m nano.tokenizer --config "$config"
fi
$python -m nano.lock
$python -m nano.train --config "$config" --deadline "$deadline" $resume ${from:+--from "$from"}
$python -m nano.export --ema
