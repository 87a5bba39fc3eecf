#!/bin/bash
# Installs the peer, llama.cpp as the npm package node-llama-cpp ships it (prebuilt, CPU), into a folder outside the
# repository and builds peer_bench against its libraries. Needs npm, git and gcc.
#   bench/peer/setup.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
[ -f package.json ] || npm init -y > npm-init.log
NODE_LLAMA_CPP_SKIP_DOWNLOAD=true npm install --ignore-scripts --no-audit --no-fund node-llama-cpp@3.22.1
# The package carries the matching sources as a git bundle; only the headers are used.
[ -d llama.cpp ] || git clone -q node_modules/node-llama-cpp/llama/gitRelease.bundle llama.cpp
bin=node_modules/@node-llama-cpp/linux-x64/bins/linux-x64
gcc -O2 -I llama.cpp/include -I llama.cpp/ggml/include "$here/peer_bench.c" -o peer_bench -L "$bin" \
  -l:libllama.v0.5.0.so -l:libggml.v0.5.0.so -l:libggml-base.so -Wl,-rpath,"\$ORIGIN/$bin" -Wl,-rpath-link,"$bin"
echo "ready: $1/peer_bench"
