#!/usr/bin/env bash
# Runs every check of the repository. Last line: N passed, N failed, N skipped; non-zero when anything failed.
#   ./test.sh                 everything, reduced counts for the long proofs
#   ./test.sh --soak          the full counts (BALTORO_SOAK=1); writes bench/results/soak-DATE.md
#   ./test.sh --only NAME     only checks and suites whose name contains NAME (no case): format, launcher, Kimi, …
# BALTORO_SUITE_TIMEOUT: seconds a suite may take (default 900, soak 7200).
set -uo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
cd "$root" || exit 1
# shellcheck source=scripts/dotnet.sh
. scripts/dotnet.sh
# shellcheck source=scripts/node.sh
. scripts/node.sh
# shellcheck source=scripts/databases.sh
. scripts/databases.sh

soak=0
only=""
while [ $# -gt 0 ]; do
  case "$1" in
    --soak) soak=1 ;;
    --only) only="${2:?--only needs a name}"; shift ;;
    *) echo "unknown argument '$1'; allowed: --soak, --only NAME" >&2; exit 64 ;;
  esac
  shift
done

passed=0
failed=0
skipped=0
lines=()
reasons=""
results="$root/artifacts/test-results"
rm -rf "$results"
mkdir -p "$results"

# A line per suite, said at once and kept for the soak report.
line() {
  lines+=("$1")
  printf '%s\n' "$1"
}

finish() {
  local sum
  [ -z "$reasons" ] || printf 'Skipped, and why:\n%s\n' "$reasons"
  # A run that proved nothing has failed.
  if [ $((passed + failed + skipped)) = 0 ]; then
    echo "no check or suite matches '$only'"
    failed=1
  fi
  sum="$passed passed, $failed failed, $skipped skipped"
  [ "$soak" = 0 ] || soak_report "$sum"
  printf '%s\n' "$sum"
  [ "$failed" = 0 ]
  exit
}

soak_report() {
  local file
  mkdir -p bench/results
  file="bench/results/soak-$(date -u +%Y-%m-%d).md"
  {
    printf '# Soak run of %s\n\n' "$(date -u +%Y-%m-%d)"
    # shellcheck disable=SC2016 # the backquotes are Markdown
    printf 'Command: `./test.sh --soak%s`. Commit: %s. Machine: %s, %s cores.\n\n```\n' "${only:+ --only $only}" \
      "$(git rev-parse --short HEAD 2>/dev/null || echo unknown)" \
      "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
    printf '%s\n' "${lines[@]}"
    [ -z "$reasons" ] || printf 'Skipped, and why:\n%s\n' "$reasons"
    printf '%s\n```\n' "$1"
  } >"$file"
  echo "soak report: $file"
}

wanted() {
  [ -z "$only" ] || [[ "${1,,}" == *"${only,,}"* ]]
}

# check NAME SECONDS COMMAND…: one counted check; its output is shown only when it fails.
check() {
  local name="$1" seconds="$2" log="$results/${1//[ \/]/-}.log" code start=$SECONDS
  shift 2
  if [ "$(type -t "$1")" = function ]; then "$@"; else timeout --kill-after=20 "$seconds" "$@"; fi >"$log" 2>&1 </dev/null
  code=$?
  if [ "$code" = 0 ]; then
    passed=$((passed + 1))
    line "$(printf '%-28s passed (%ds)' "$name" $((SECONDS - start)))"
    return 0
  fi
  failed=$((failed + 1))
  tail -n 60 "$log"
  line "$(printf '%-28s FAILED: exit code %s (%ds)' "$name" "$code" $((SECONDS - start)))"
  return 1
}

# number FILE ATTRIBUTE: a count of the report's assembly element; 0 where there is none.
number() {
  local found
  found="$(sed -n "s/.*<assembly \([^>]* \)\{0,1\}$2=\"\([0-9]*\)\".*/\2/p" "$1" 2>/dev/null | head -n 1)"
  echo "${found:-0}"
}

# skip_reasons PROJECT LOG: each reason once, with the number of tests it holds back.
skip_reasons() {
  awk -v suite="$1" '/^skipped /{getline; sub(/^ +/, ""); if (!count[$0]++) order[++n] = $0}
    END {for (i = 1; i <= n; i++) printf "  %s: %d × %s\n", suite, count[order[i]], order[i]}' "$2"
}

# suite PROJECT: runs one test program and adds its counts. A crash, a timeout and an empty suite are failures.
suite() {
  local name="$1" report="$results/$1.xml" log="$results/$1.log" limit="${BALTORO_SUITE_TIMEOUT:-$((soak ? 7200 : 900))}"
  local code good bad missed note="" start=$SECONDS
  timeout --kill-after=20 "$limit" "$DOTNET" "artifacts/bin/$name/release/$name.dll" --progress off --no-ansi \
    --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename "$name.xml" >"$log" 2>&1 </dev/null
  code=$?
  good="$(number "$report" passed)"
  missed="$(number "$report" skipped)"
  bad=$(($(number "$report" failed) + $(number "$report" errors)))
  if [ "$code" = 124 ] || [ "$code" = 137 ]; then
    note=", stopped after $limit s" bad=$((bad + 1))
  elif [ "$code" = 8 ] || [ $((good + bad + missed)) = 0 ]; then
    note=", ran no test (exit code $code)" bad=$((bad + 1))
  elif [ "$code" != 0 ] && [ "$bad" = 0 ]; then
    note=", ended with exit code $code" bad=1
  fi
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + missed))
  [ "$bad" = 0 ] || grep -vE '^(skipped |Test run summary|  (total|failed|succeeded|skipped|duration):|  In process file artifacts|    - .*\.xml$|$)' "$log" | tail -n 200
  reasons+="$(skip_reasons "$name" "$log")"
  [ "$missed" = 0 ] || reasons+=$'\n'
  line "$(printf '%-28s %d passed, %d failed, %d skipped (%ds)%s' "$name" "$good" "$bad" "$missed" $((SECONDS - start)) "$note")"
}

# shellcheck disable=SC2317 # called through check
launcher() {
  timeout 900 ./baltoro version && local before="$EPOCHREALTIME" && ./baltoro version >/dev/null &&
    echo "second start: $(((${EPOCHREALTIME/./} - ${before/./}) / 1000)) ms"
}

[ "$soak" = 0 ] || export BALTORO_SOAK=1
dotnet_ensure || { failed=1; finish; }
dotnet_settings

suites=()
for project in tests/*/*.Tests.csproj; do
  name="$(basename "$project" .csproj)"
  ! wanted "$name" || suites+=("$name")
done

if [ ${#suites[@]} -gt 0 ]; then
  for manifest in tests/clients/package.json tests/clients/*/package.json tests/oracle/*/package.json; do
    [ -f "$manifest" ] || continue
    folder="$(dirname "$manifest")"
    check "npm ci $folder" 600 node_packages "$folder"
  done
  target="Baltoro.slnx"
  [ ${#suites[@]} -gt 1 ] || target="tests/${suites[0]}/${suites[0]}.csproj"
  check "build" 1800 "$DOTNET" build "$target" -c Release -v quiet -nologo -nodeReuse:false || finish
fi
! wanted format || check "format" 600 "$DOTNET" format whitespace . --folder --verify-no-changes --exclude artifacts
! wanted launcher || check "launcher" 960 launcher
[[ " ${suites[*]} " != *" Baltoro.Storage.Tests "* && " ${suites[*]} " != *" Baltoro.EndToEnd.Tests "* ]] || databases_ensure
for name in "${suites[@]}"; do suite "$name"; done
finish
