#!/bin/sh
# One program for all that `dom0 setup` calls to change a machine: packages, GRUB, LVM, services, bridges. What it makes lies
# below $WORLD/machine. $WORLD/kill holds `N WHEN`: relight is killed (-9) at the Nth change, `instead` of it, this program
# too, or `after` it.
set -u
name=$(basename "$0")
at=$WORLD/machine

has() { grep -qx "$2" "$at/$1" 2>/dev/null; }
put() { has "$1" "$2" || echo "$2" >>"$at/$1"; }
drop() { grep -vx "$2" "$at/$1" >"$at/$1.new" 2>/dev/null; mv "$at/$1.new" "$at/$1"; }

# `timeout` stands between relight and its commands.
kill_relight() {
  pid=$PPID
  while [ "$(cat "/proc/$pid/comm")" = timeout ]; do
    pid=$(sed -n 's/^PPid:\t//p' "/proc/$pid/status")
  done
  kill -9 "$pid"
}

change() {
  echo "$name $*" >>"$at/log"
  number=$(wc -l <"$at/log")
  read -r place when <"$WORLD/kill" || place=0
  if [ "$place" = "$number" ] && [ "$when" = instead ]; then
    # dpkg was cut off in the middle of its work.
    case "$name $*" in "apt-get "*" install "*) touch "$at/half" ;; esac
    kill_relight
    kill -9 $$
  fi
}

finish() {
  status=$?
  if [ "${place:-0}" = "${number:-none}" ]; then kill_relight; fi
  exit $status
}

fail() { echo "$name: $1" >&2; exit 5; }

packages() {
  for word; do
    case $word in -* | *::* | install | remove | update) ;; *) echo "$word" ;; esac
  done
}

case "$name $*" in
  "apt-get indextargets"*) printf 'Debian\tDebian\tx\thttp://mirror.example.org/debian/\tPackages\n'; exit ;;
  "dpkg --print-architecture") echo amd64; exit ;;
  "dpkg --audit") [ ! -e "$at/half" ] || echo 'half installed'; exit ;;
  dpkg-query*) sed 's/$/ installed/' "$at/packages"; exit ;;
  dpkg-divert* | wipefs* | dnsmasq*) exit ;;
  lsblk*) echo '{"blockdevices":[{"name":"sdb","type":"disk","size":1099511627776,"mountpoints":[null]}]}'; exit ;;
  vgs*)
    size='"vg_uuid":"u","vg_size":"1099511627776","vg_free":"54975581388","vg_extent_size":"4194304"'
    case "$*" in *vg0*) [ -s "$at/group" ] || fail 'no such group' ;; esac
    [ -s "$at/group" ] && row="{\"vg_name\":\"vg0\",$size}"
    echo "{\"report\":[{\"vg\":[${row:-}]}]}"
    exit
    ;;
  lvs*)
    [ -s "$at/pool" ] && row='{"lv_name":"pool","vg_name":"vg0","lv_uuid":"p","lv_path":"","lv_size":"1","lv_attr":"twi-a-tz--","lv_tags":"","pool_lv":"","data_percent":"0.00","metadata_percent":"1"}'
    case "$*" in *vg0/pool*) [ -s "$at/pool" ] || fail 'no such volume' ;; esac
    echo "{\"report\":[{\"lv\":[${row:-}]}]}"
    exit
    ;;
  ss*) ! has units apt-cacher-ng.service || echo 'LISTEN 0 1 10.9.0.1:3142 0.0.0.0:* users:(("apt-cacher-ng",pid=1,fd=3))'; exit ;;
  apt-helper*)
    for word; do target=$word; done
    case "$*" in *Proxy=http*) has units apt-cacher-ng.service && ip -4 -o address | grep -q ' 10\.9\.0\.1/' || exit 100 ;; esac
    echo InRelease >"$target"
    exit
    ;;
  "systemctl is-active"*)
    shift
    for unit; do if has units "$unit"; then echo active; else echo inactive; fi; done
    exit 3
    ;;
  "pvcreate --test"*) [ ! -s "$at/group" ] || fail 'in use'; exit ;;
esac

change "$@"
trap finish EXIT
case "$name $*" in
  "dpkg "*--configure*) rm -f "$at/half" ;;
  apt-get*" update") ;;
  apt-get*" install "*)
    [ ! -e "$at/half" ] || { echo 'E: dpkg was interrupted, run dpkg --configure -a' >&2; exit 100; }
    for package in $(packages "$@"); do put packages "$package"; done
    ;;
  apt-get*" remove "*) for package in $(packages "$@"); do drop packages "$package"; drop units "$package.service"; done ;;
  update-grub*)
    : >/boot/grub/grub.cfg
    if has packages xen-system-amd64 && [ -e /etc/default/grub.d/relight-xen.cfg ]; then
      printf 'set default="Debian GNU/Linux, with Xen hypervisor"\nmultiboot2 /boot/xen-4.20-amd64.gz x\n' >/boot/grub/grub.cfg
    fi
    ;;
  pvcreate*) [ ! -s "$at/group" ] || fail 'in use'; put disk sdb ;;
  vgcreate*) [ ! -s "$at/group" ] || fail 'there already'; put group vg0 ;;
  lvcreate*) [ ! -s "$at/pool" ] || fail 'there already'; put pool pool ;;
  lvremove*) [ -s "$at/pool" ] || fail 'none'; : >"$at/pool" ;;
  vgremove*) [ -s "$at/group" ] && [ ! -s "$at/pool" ] || fail 'none, or in use'; : >"$at/group" ;;
  pvremove*) [ -s "$at/disk" ] && [ ! -s "$at/group" ] || fail 'none, or in use'; : >"$at/disk" ;;
  "systemctl start "* | "systemctl restart "*) put units "$2" ;;
  "systemctl disable --now "*) drop units "$3" ;;
  "ifup --force xenbr1")
    ip link add xenbr1 type bridge 2>/dev/null
    ip address replace 10.9.0.1/24 dev xenbr1
    ip link set xenbr1 up
    ;;
esac
