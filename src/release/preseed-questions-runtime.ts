/**
 * Questions without a template of their own: the installer's scripts register them, or only read them
 * (`db_register`, `db_get`). Found by searching the scripts of trixie's udebs; `package` names the one that reads it.
 */
export const RUNTIME_QUESTIONS = {
  'partman-lvm/confirm_nooverwrite': { package: 'partman-lvm', type: 'boolean' },
  'partman-md/confirm_nooverwrite': { package: 'partman-md', type: 'boolean' },
  'partman-crypto/confirm_nooverwrite': { package: 'partman-crypto', type: 'boolean' },
  'hw-detect/firmware-lookup': { package: 'hw-detect', type: 'string' },
  'mirror/udeb/suite': { package: 'net-retriever', type: 'string' },
  // choose-mirror puts the protocol into the name; only http and ftp have templates.
  'mirror/https/hostname': { package: 'choose-mirror-bin', type: 'string' },
  'mirror/https/directory': { package: 'choose-mirror-bin', type: 'string' },
  'mirror/https/proxy': { package: 'choose-mirror-bin', type: 'string' },
  'mirror/http/codename': { package: 'choose-mirror-bin', type: 'string' },
  'pkgsel/include/install-recommends': { package: 'pkgsel', type: 'boolean', default: 'true' },
  'base-installer/debootstrap_variant': { package: 'bootstrap-base', type: 'string' },
  'base-installer/kernel/linux/initrd': { package: 'base-installer', type: 'boolean' },
  'simple-cdd/profiles': { package: 'simple-cdd-profiles', type: 'multiselect' },
  'debian-installer/keymap': { package: 'console-setup-udeb', type: 'string' },
} as const;

/**
 * Questions that were renamed; the old name does nothing any more. From the changelogs of the components named in the
 * new names, and from the installation guides of the releases that still had the old ones.
 */
export const RENAMED_QUESTIONS: Readonly<Record<string, string>> = {
  'console-keymaps-at/keymap': 'keyboard-configuration/xkb-keymap',
  'console-setup/layoutcode': 'keyboard-configuration/xkb-keymap',
  'kbd-chooser/method': 'keyboard-configuration/xkb-keymap',
  'tzconfig/gmt': 'clock-setup/utc',
  'partman/confirm_write_new_label': 'partman-partitioning/confirm_write_new_label',
  'partman-auto/purge_lvm_from_device': 'partman-lvm/device_remove_lvm',
  'mirror/distribution': 'mirror/suite',
  'apt-setup/volatile_host': 'apt-setup/services-select',
  'base-config/late_command': 'preseed/late_command',
  'base-config/early_command': 'preseed/early_command',
  'prebaseconfig/reboot_in_progress': 'finish-install/reboot_in_progress',
};
