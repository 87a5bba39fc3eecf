# shellcheck shell=bash
# What the tests need of Node.js. Sourced by ./test.sh after scripts/dotnet.sh, whose functions it uses.

# node_ensure: finds Node.js and npm or installs the distribution's.
node_ensure() {
  command -v node >/dev/null && command -v npm >/dev/null && return 0
  apt_install "Node.js is missing" nodejs npm && hash -r && command -v node >/dev/null && command -v npm >/dev/null
}

# node_packages FOLDER: installs what its package-lock.json pins, once per change of that file.
node_packages() {
  local folder="$1"
  node_ensure || { echo "Node.js is missing and could not be installed (packages nodejs and npm)"; return 1; }
  [ -f "$folder/package-lock.json" ] || { echo "$folder has no package-lock.json"; return 1; }
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return 0
  (cd "$folder" && timeout --kill-after=20 600 npm ci --no-audit --no-fund --loglevel=error </dev/null)
}
