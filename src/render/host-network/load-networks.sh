#!/bin/sh
# Written by relight. Gives dom0 the public addresses that it forwards and loads the firewall rules of the nat networks.
# relight-networks.service runs it at every boot, relight at every change. Running it again changes nothing.
set -eu
cd "${0%/*}"

for batch in guests/*.ip; do
  if [ -e "$batch" ]; then ip -batch "$batch"; fi
done

if [ -e firewall.nft ]; then
  nft -f firewall.nft
fi

# The first rule of a built-in chain jumps to relight's own; nothing else in it is touched.
jump() {
  iptables -w -t "$1" -C "$2" -j "$3" 2>/dev/null || iptables -w -t "$1" -I "$2" 1 -j "$3"
}

if [ -e firewall.rules ]; then
  {
    cat firewall.rules
    for rules in guests/*.rules; do
      if [ -e "$rules" ]; then cat "$rules"; fi
    done
  } | iptables-restore -w --noflush
  jump nat PREROUTING RELIGHT-DNAT
  jump nat OUTPUT RELIGHT-DNAT
  jump nat POSTROUTING RELIGHT-SNAT
  jump filter FORWARD RELIGHT-FORWARD
fi
