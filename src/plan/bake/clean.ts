import { MMDEBSTRAP_CONF } from '../../tools/mmdebstrap.ts';

/**
 * Takes out of a root filesystem what belongs to one machine or one moment: identity, logs, caches, lists, settings of
 * the installation. It runs in the root; /run and /tmp are mounted over, and left empty when the image is written.
 */
export const CLEAN_SCRIPT = [
  'set -e',
  'rm -f /etc/machine-id /var/lib/dbus/machine-id && : >/etc/machine-id && chmod 444 /etc/machine-id',
  'rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub /etc/resolv.conf',
  'rm -f /var/lib/systemd/random-seed /var/lib/systemd/credential.secret /var/lib/urandom/random-seed',
  `rm -f ${MMDEBSTRAP_CONF} /etc/dpkg/dpkg.cfg.d/99mmdebstrap`,
  'rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources',
  'rm -f /var/cache/apt/*.bin /var/cache/apt/archives/*.deb /var/cache/ldconfig/aux-cache /var/cache/debconf/*-old',
  'rm -f /var/lib/dpkg/*-old /etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/subuid- /etc/subgid-',
  'rm -f /var/cache/man/index.db /usr/sbin/policy-rc.d',
  'find /var/log /var/backups /var/lib/apt/lists /var/tmp -mindepth 1 ! -type d -delete',
  'find /var/tmp -mindepth 1 -depth -delete',
  'printf "localhost\\n" >/etc/hostname',
].join('\n');
