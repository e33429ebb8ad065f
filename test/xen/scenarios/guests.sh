# shellcheck shell=bash source-path=SCRIPTDIR
# Sourced after lib.sh by scenarios that rebuild guests: a site, guests, and questions about them.
export PATH=/lab/scenarios/bin:$PATH RELIGHT_SITE=/etc/relight
key=/root/.ssh/id_ed25519
[ -e "$key" ] || ssh-keygen -q -t ed25519 -N '' -f "$key"

# write_site [STORAGE [CACHE]], as YAML
write_site() {
  local storage=${1:-'{ lvm: vg0 }'} cache=${2:-off}
  mkdir -p /etc/relight/domus
  cat >/etc/relight/site.yaml <<EOF
relight: 1
host:
  hypervisor: xl
  storage: $storage
  cache: $cache
networks:
  lan: { mode: bridge, bridge: xenbr0 }
defaults: { suite: trixie, mirror: host, locale: C.UTF-8, timezone: Etc/UTC }
EOF
}

# write_guest NAME LAST_OCTET [MORE YAML]
write_guest() {
  local more=${3:-'checks: [ { port: 22 } ]'} timeouts='{ ready: 40min, shutdown: 20min, checks: 20min }'
  # A machine that others use, too, may be five times as slow.
  case $more in *timeouts:*) ;; *) more="timeouts: $timeouts"$'\n'$more ;; esac
  cat >"/etc/relight/domus/$1.yaml" <<EOF
name: $1
suite: trixie
guest: ${GUEST_TYPE:-pv}
boot: ${GUEST_BOOT:-direct}
install: bootstrap
memory: ${GUEST_MEMORY:-384MiB}
vcpus: 1
disks:
  root: { size: ${GUEST_ROOT:-1GiB} }
  srv: { size: 64MiB, keep: true, mount: /srv }
nics:
  - { network: lan, address: 10.0.2.$2/24, gateway: 10.0.2.2, dns: [10.0.2.3] }
users:
  - { name: anna, sudo: true, ssh-keys: ["$(cat $key.pub)"] }
start: auto
$more
EOF
}

# into LAST_OCTET COMMAND...
into() { into_address "10.0.2.$1" "${@:2}"; }

# into_address ADDRESS COMMAND...: runs a command in a guest; its host key must be the one seen first.
into_address() {
  local host=$1 try status=255
  shift
  # 255 is ssh's own: a guest that has much to do lets it wait too long.
  for try in 1 2 3 4 5; do
    ssh -o BatchMode=yes -o ConnectTimeout=60 -o StrictHostKeyChecking=accept-new "anna@$host" "$@"
    status=$?
    [ $status = 255 ] || break
    echo "ssh, attempt $try: no connection" >&2
  done
  return $status
}

# All that a refused or failed rebuild must leave as it was.
fingerprint() {
  lvs --noheadings -o lv_name,lv_uuid,lv_size,lv_tags vg0 | grep -v lab-stranger
  md5sum /etc/xen/*.cfg 2>/dev/null
  ls -l /etc/xen/auto 2>/dev/null | awk '{ print $9, $10, $11 }'
  xl list | awk 'NR > 1 { print $1, $2 }'
}

# The same without NAME's kept disk: a rebuild that made it and was taken back leaves it there, like every kept disk.
fingerprint_without() { fingerprint | grep -v "^ *$1-srv "; }

# The console of NAME's installer. It is made after the domain, before the domain may run.
install_console() { compgen -G "/var/lib/relight/guests/$1/operations/*/console-install.log"; }

# give_up NAME PID: when no installer runs, nothing else of its scenario can be judged. Says what relight said, takes back
# what there is of it, and ends.
give_up() {
  tail -n 40 "$LAB_OUT/rebuild.log"
  kill -TERM "$2" 2>/dev/null
  wait "$2"
  echo "relight has ended with $?"
  relight rollback "$1" --yes
  rm -f "/etc/relight/domus/$1.yaml"
  write_site
  finish
}

root_volumes() { lvs --noheadings -o lv_name "${2:-vg0}" | tr -d ' ' | grep "^$1-root\." | sort; }
running() { xl domid "$1" >/dev/null 2>&1; }
# The root volume that a running domain is on.
live_root() { xl list -l "$1" | grep -o "$1-root\.[0-9a-f]*" | head -1; }
