#!/bin/sh
# Hands the key of the encrypted disk to the partitioner (partman/early_command). The key is a file of the initrd: it
# is in no preseed line, in no argument list and in no log, and debconf keeps it in memory only (passwords.dat).

key=${RELIGHT_KEY:-/relight/disk.key}
export DEBIAN_FRONTEND=noninteractive
. /usr/share/debconf/confmodule

IFS= read -r passphrase < "$key" || [ -n "$passphrase" ] || exit 0
for question in partman-crypto/passphrase partman-crypto/passphrase-again; do
	db_set "$question" "$passphrase"
	db_fset "$question" seen true
done
exit 0
