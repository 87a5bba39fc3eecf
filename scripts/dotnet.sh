# shellcheck shell=bash disable=SC2034
# Finds a .NET 10 SDK or installs it for the user. Sourced by ./baltoro and ./test.sh.
# Sets DOTNET (the executable) and DOTNET_HOME (its installation folder). Everything it says goes to stderr.
# BALTORO_DOTNET_FOLDERS (colon-separated) replaces the standard installation folders; the launcher tests use it.

DOTNET=""
DOTNET_HOME=""
readonly DOTNET_PACKAGE="dotnet-sdk-10.0"
readonly DOTNET_SCRIPT_URL="https://dot.net/v1/dotnet-install.sh"

say() { printf 'baltoro: %s\n' "$*" >&2; }

# as_root COMMAND…: runs it as root, through sudo only where sudo asks nothing.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# dotnet_accept EXECUTABLE: takes it when it has a released SDK 10.0.
dotnet_accept() {
  local executable="$1" line
  [ -x "$executable" ] || return 1
  line="$("$executable" --list-sdks 2>/dev/null | grep -E '^10\.0\.[1-9][0-9]{2} ' | tail -n 1)" || return 1
  [ -n "$line" ] || return 1
  DOTNET="$executable"
  DOTNET_HOME="${line#*[}"
  DOTNET_HOME="${DOTNET_HOME%/sdk]}"
}

dotnet_find() {
  local folder
  dotnet_accept "$(command -v dotnet || true)" && return 0
  [ -n "${DOTNET_ROOT:-}" ] && dotnet_accept "$DOTNET_ROOT/dotnet" && return 0
  local IFS=:
  for folder in ${BALTORO_DOTNET_FOLDERS:-${HOME:-}/.dotnet:/usr/share/dotnet:/usr/lib/dotnet}; do
    dotnet_accept "$folder/dotnet" && return 0
  done
  return 1
}

# apt_install PURPOSE PACKAGE…: installs distribution packages; fails when there is no such package or no way to be root.
apt_install() {
  local purpose="$1"
  shift
  command -v apt-get >/dev/null && command -v apt-cache >/dev/null && can_be_root || return 1
  if ! apt-cache show "$@" >/dev/null 2>&1; then
    as_root apt-get update -qq >&2 </dev/null || return 1
    apt-cache show "$@" >/dev/null 2>&1 || return 1
  fi
  say "$purpose; installing the distribution's packages with apt-get: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=120 "$@" >&2 </dev/null
}

dotnet_install_script() {
  local script="" target="${HOME:-}/.dotnet" result=0
  command -v curl >/dev/null && [ -n "${HOME:-}" ] || return 1
  say ".NET 10 SDK is missing; installing it for this user into $target with Microsoft's dotnet-install.sh ($DOTNET_SCRIPT_URL)"
  script="$(mktemp)" || return 1
  curl -fsSL --retry 2 "$DOTNET_SCRIPT_URL" -o "$script" >&2 &&
    bash "$script" --channel 10.0 --install-dir "$target" --no-path >&2 </dev/null || result=1
  rm -f "$script"
  return "$result"
}

# dotnet_ensure: finds or installs; returns 1 after one line that says what to do.
dotnet_ensure() {
  dotnet_find && return 0
  apt_install ".NET 10 SDK is missing" "$DOTNET_PACKAGE" && hash -r && dotnet_find && return 0
  if dotnet_install_script; then
    dotnet_accept "$HOME/.dotnet/dotnet" && return 0
  fi
  say "no .NET 10 SDK found, and neither apt-get ($DOTNET_PACKAGE) nor $DOTNET_SCRIPT_URL could install one; install it and start again"
  return 1
}

# dotnet_settings: environment of every build and run started from here.
dotnet_settings() {
  export DOTNET_ROOT="$DOTNET_HOME" DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
  export DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
  # A bare machine has no ICU library, and nothing here needs one.
  export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
}
