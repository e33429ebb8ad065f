# shellcheck shell=bash source-path=SCRIPTDIR
# power-cut.sh MOMENT: rebuilds web1 and tells the harness, by a file, when to pull the plug.
. ./lib.sh
. ./guests.sh
before=$(root_volumes web1)
echo "$before" >/root/before-power-cut
relight rebuild web1 --stop --yes &
relight=$!
case $1 in
  copy) reached() { pgrep -x mke2fs >/dev/null; } ;;
  switch) reached() { [ "$(root_volumes web1)" != "$before" ] && ! running web1; } ;;
esac
until reached; do
  kill -0 $relight 2>/dev/null || exit 1
  sleep 0.2
done
mark now
# The harness ends this machine; a job that gets further has failed.
wait $relight
exit 1
