#!/bin/sh
# Runs once at the end of the installation (preseed/late_command), in the installer's busybox, with the new system at
# /target. What it works on lies beside it in the initrd: nothing of it is ever part of a preseed line or of a log.
# It never ends with an error: the installer would show a dialog that nobody answers.

target=${RELIGHT_TARGET:-/target}
data=${RELIGHT_DATA:-/relight}
sysfs=${RELIGHT_SYSFS:-/sys}
mounts=${RELIGHT_MOUNTS:-/proc/mounts}

say() {
	echo "relight: $*"
	{ echo "relight: $*" > /dev/console; } 2>/dev/null
}

# A half-made system must not look like a finished one: the watcher waits for the last line of this script.
give_up() {
	say "late script failed: $*"
	cp /var/log/syslog "$target/var/log/relight-late-syslog" 2>/dev/null
	sync
	poweroff -f
	exit 0
}

# All nics, matched by their MAC address (systemd.network(5)); the installer knows only one.
configure_network() {
	[ -d "$data/network" ] || return 0
	mkdir -p "$target/etc/systemd/network" || return 1
	cp "$data"/network/*.network "$target/etc/systemd/network/" || return 1
	chmod 644 "$target"/etc/systemd/network/*.network || return 1
	printf 'auto lo\niface lo inet loopback\n' > "$target/etc/network/interfaces" || return 1
	chroot "$target" systemctl enable systemd-networkd.service
}

# users: one "name shell sudo|plain" a line.
create_users() {
	[ -f "$data/users" ] || return 0
	while read -r name shell kind; do
		create_user "$name" "$shell" "$kind" < /dev/null || return 1
	done < "$data/users"
}

create_user() {
	if ! chroot "$target" getent passwd "$1" > /dev/null; then
		chroot "$target" useradd --create-home --user-group --shell "$2" --password '*' "$1" || return 1
	fi
	chroot "$target" usermod --shell "$2" "$1" || return 1
	[ "$3" != sudo ] || chroot "$target" usermod --append --groups sudo "$1"
}

# shadow: one "name:hash" a line, mode 0600.
set_passwords() {
	[ -f "$data/shadow" ] || return 0
	chroot "$target" chpasswd --encrypted < "$data/shadow"
}

# keys/NAME: the authorized_keys of a user.
install_keys() {
	[ -d "$data/keys" ] || return 0
	for file in "$data"/keys/*; do
		name=${file##*/}
		home=$(chroot "$target" getent passwd "$name" | cut -d: -f6)
		[ -n "$home" ] || return 1
		mkdir -p "$target$home/.ssh" || return 1
		cp "$file" "$target$home/.ssh/authorized_keys" || return 1
		chmod 700 "$target$home/.ssh" && chmod 600 "$target$home/.ssh/authorized_keys" || return 1
		chroot "$target" chown -R "$name:" "$home/.ssh" || return 1
	done
}

# tree.tar: files of the new system. Its own tar unpacks them: it knows the owners, and follows the system's links.
unpack_tree() {
	[ -f "$data/tree.tar" ] || return 0
	chroot "$target" tar --extract --file=- --directory=/ --preserve-permissions --same-owner \
		--keep-directory-symlink --no-overwrite-dir --touch < "$data/tree.tar"
}

# run/NNNN: the spec's own commands, in order.
run_commands() {
	[ -d "$data/run" ] || return 0
	for file in "$data"/run/*; do
		chroot "$target" /bin/sh -c "$(cat "$file")" < /dev/null || return 1
	done
}

# The package cache of the installing host is not the guest's.
forget_proxy() {
	[ -f "$target/etc/apt/apt.conf" ] || return 0
	sed -i '/^Acquire::[a-z]*::Proxy/d' "$target/etc/apt/apt.conf" || return 1
	[ -s "$target/etc/apt/apt.conf" ] || rm -f "$target/etc/apt/apt.conf"
}

# swap: "device uuid". The partitioner touches the root disk only. A disk that holds anything else is not the one meant.
make_swap() {
	[ -f "$data/swap" ] || return 0
	read -r device uuid < "$data/swap"
	holds=$(chroot "$target" blkid -p -o value -s TYPE -s PTTYPE "$device")
	[ -z "$holds" ] || [ "$holds" = swap ] || return 1
	chroot "$target" mkswap -U "$uuid" "$device" || return 1
	grep -q "$uuid" "$target/etc/fstab" || echo "UUID=$uuid none swap sw 0 0" >> "$target/etc/fstab"
}

# A disk was to be encrypted (disk.key is there): the root lies on one, its key is asked for at boot, and is nowhere on it.
check_encryption() {
	[ -f "$data/disk.key" ] || return 0
	device=$(awk -v target="$target" '$2 == target { print $1 }' "$mounts")
	is_encrypted "$(basename "$(readlink -f "$device")")" || return 1
	grep -q '^[^#].*[[:space:]]none[[:space:]].*luks' "$target/etc/crypttab" || return 1
	! grep -rqF -f "$data/disk.key" "$target/etc" "$target/var/log" "$target/var/cache/debconf"
}

# Whether a block device is one of dm-crypt's, or lies on one.
is_encrypted() {
	case $(cat "$sysfs/class/block/$1/dm/uuid" 2>/dev/null) in CRYPT-*) return 0 ;; esac
	for below in "$sysfs/class/block/$1/slaves/"*; do
		[ ! -e "$below" ] || ! is_encrypted "${below##*/}" || return 0
	done
	return 1
}

: > "$data/late-begun"
configure_network || give_up network
create_users || give_up users
set_passwords || give_up passwords
install_keys || give_up keys
unpack_tree || give_up files
run_commands || give_up commands
forget_proxy || give_up proxy
make_swap || give_up swap
check_encryption || give_up encryption
rm -rf "$data/shadow" "$data/disk.key"
say "late script done"
# The watcher believes no end without the word of this very installation.
[ ! -f "$data/nonce" ] || say "installed $(cat "$data/nonce")"
exit 0
