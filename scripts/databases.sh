# shellcheck shell=bash
# The database servers that the storage tests start for themselves. Sourced by ./test.sh after scripts/dotnet.sh.

# databases_ensure: installs PostgreSQL and Redis where they are missing. Without them their tests are skipped and say so.
databases_ensure() {
  local missing=()
  compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
  command -v redis-server >/dev/null || missing+=(redis-server)
  [ ${#missing[@]} = 0 ] || apt_install "The storage tests want ${missing[*]}" "${missing[@]}" ||
    echo "${missing[*]} could not be installed; the tests that need them are skipped"
}
