#!/bin/sh
# Installs what training needs from the distribution's archive (Debian 12), tries twice, prints versions.
set -eu
packages="python3 python3-torch python3-numpy python3-regex libopenblas0-pthread"
apt-get install -y $packages || { apt-get update; apt-get install -y $packages; }
/usr/bin/python3 - <<'PY'
import sys
import numpy
import regex
import torch
print("python", sys.version.split()[0], "torch", torch.__version__, "numpy", numpy.__version__, "regex", regex.__version__)
PY
