#!/bin/sh
# Written by relight. Changes dom0's network so that nobody is locked out: what is not confirmed is taken back.
#   network-change try DIR SECONDS   apply, wait for a decision, take it back without one
#   network-change wait DIR          until `try` has applied it
#   network-change confirm DIR | return DIR [BRIDGE] | boot DIR
# DIR holds `parameters` (manager, interface, bridge), `files` (number and path), new.N and old.N. Who makes the link
# `decision` first has decided: making a link is atomic.
set -u
what=$1
cd "$2" || exit 1
read -r manager link bridge <parameters || exit 1

decide() { ln -s "$1" decision 2>/dev/null; }

put_files() {
  while read -r number path; do
    if [ -e "$1.$number" ]; then
      cp "$1.$number" "$path.relight-new" && mv "$path.relight-new" "$path"
    else
      rm -f "$path"
    fi
  done <files
  sync
}

apply() {
  if [ "$manager" = ifupdown ]; then
    ifdown --force "$link"
    ip address flush dev "$link"
    put_files new
    ifup "$bridge"
  else
    put_files new
    networkctl reload
    networkctl reconfigure "$link"
  fi
}

take_back() {
  if [ "$manager" = ifupdown ]; then
    ifdown --force "$bridge"
    ip link delete "$bridge" 2>/dev/null
    put_files old
    ifup --force "$link"
  else
    put_files old
    networkctl reload
    ip link delete "$bridge" 2>/dev/null
    networkctl reconfigure "$link"
  fi
}

case $what in
  try)
    : >started
    apply
    : >applied
    left=$3
    while [ "$left" -gt 0 ] && [ ! -L decision ]; do
      sleep 1
      left=$((left - 1))
    done
    if decide returned; then take_back; fi
    : >ended
    ;;
  wait)
    left=120
    while [ ! -e applied ]; do
      left=$((left - 1))
      [ "$left" -gt 0 ] || exit 1
      sleep 1
    done
    ;;
  confirm)
    decide confirmed || [ "$(readlink decision)" = confirmed ]
    ;;
  return)
    # The directory has room for one change: the files of an earlier one are gone.
    if [ "${3:-$bridge}" != "$bridge" ]; then
      echo "the bridge $bridge was made since; take its setup back first, then restore this one by hand" >&2
      exit 3
    fi
    # A change that was kept may be taken back later, too.
    if [ "$(readlink decision)" = confirmed ]; then rm -f decision; fi
    if decide returned && [ -e started ]; then take_back; fi
    ;;
  boot)
    # Nothing is up yet: the files are enough.
    if [ -e started ] && decide returned; then put_files old; fi
    ;;
esac
