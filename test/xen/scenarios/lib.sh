# shellcheck shell=bash source-path=SCRIPTDIR
# Sourced by every scenario. `check WHAT COMMAND...` records a verdict; a scenario that ends without `finish` has failed.
set -u
: >"$LAB_OUT/checks"
lab_failed=0

say() { printf '%s %s\n' "$(date +%T)" "$*"; }

check() {
  local what=$1
  shift
  if "$@"; then
    echo "ok - $what" | tee -a "$LAB_OUT/checks"
  else
    echo "not ok - $what" | tee -a "$LAB_OUT/checks"
    lab_failed=1
  fi
}

# equals WANTED FOUND, for check
equals() { [ "$1" = "$2" ] || { echo "  wanted: $1"; echo "  found:  $2"; return 1; }; }

# fails STATUS COMMAND...: the command must end with exactly this status
fails() {
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  equals "$wanted" "$status"
}

# wait_until SECONDS COMMAND...
wait_until() {
  local end=$(($(date +%s) + $1))
  shift
  until "$@"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 1
  done
}

# The last errors of relight, for whoever sees the verdict alone.
quote_errors() {
  grep -hE -A3 '(^|[^a-z])error\[RL' "$LAB_OUT/output.log" "$LAB_OUT/rebuild.log" 2>/dev/null | tail -n 12 | sed 's/^/# /'
}

# A file that the harness waits for.
mark() { touch "$LAB_OUT/mark-$1"; }

finish() {
  [ -s "$LAB_OUT/checks" ] || lab_failed=1
  [ $lab_failed = 0 ] || quote_errors >>"$LAB_OUT/checks"
  echo "done" >>"$LAB_OUT/checks"
  exit $lab_failed
}
