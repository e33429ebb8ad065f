#!/bin/sh
# Runs beside the installer until the late script begins: copies the installer's log to the new root, once there is one, so
# that an installation that fails leaves it there. finish-install writes the final one to the same place.

target=${RELIGHT_TARGET:-/target}
data=${RELIGHT_DATA:-/relight}
logs=${RELIGHT_LOGS:-/var/log}
umask 077

until [ -f "$data/late-begun" ]; do
	if [ -d "$target/var/log" ]; then
		mkdir -p "$target/var/log/installer"
		for name in syslog partman; do
			[ ! -f "$logs/$name" ] || cp "$logs/$name" "$target/var/log/installer/$name"
		done
	fi
	sleep "${RELIGHT_PAUSE:-20}"
done
