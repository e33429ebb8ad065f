/** Questions that relight answers itself: by pattern, with the key of the spec that decides; undefined: no key does. */
const OWN_QUESTIONS: readonly (readonly [RegExp, string | undefined])[] = [
  [/^(debian-installer\/(locale|language|country)$|localechooser\/)/, 'locale'],
  [/^keyboard-configuration\//, 'keyboard'],
  [/^netcfg\//, 'nics'],
  [/^(clock-setup\/(utc|ntp)$|time\/)/, 'timezone'],
  [/^passwd\//, 'users and root'],
  [/^partman/, 'disks'],
  [/^(mirror\/|apt-setup\/(use_mirror|no_mirror|services-select|security_host)$)/, 'mirror'],
  [
    /^apt-setup\/(non-free-firmware|non-free|contrib|enable-source-repositories|disable-cdrom-entries|cdrom\/)/,
    undefined,
  ],
  [/^(tasksel\/first|pkgsel\/(run_tasksel|include|include\/.*|upgrade|update-policy))$/, 'packages'],
  [/^base-installer\/(install-recommends|kernel\/image|initramfs-tools\/driver-policy)$/, 'packages'],
  [/^popularity-contest\/participate$/, undefined],
  [/^(grub-installer\/|debian-installer\/add-kernel-opts$)/, 'boot'],
  // What they would load overrides answers that are there already, and nobody has read it.
  [/^preseed\/(late_command|include|include_command|include\/.*|run|run\/.*|interactive|file|url)$/, 'run'],
  [/^(finish-install\/|debian-installer\/exit\/|anna\/no_kernel_modules$|cdrom-detect\/eject$)/, undefined],
  [/^hw-detect\/(load_firmware|firmware-lookup)$/, undefined],
];

/** Whether relight answers a question itself, and by which key of the spec. */
export function findOwnQuestion(name: string): { readonly key: string | undefined } | undefined {
  const row = OWN_QUESTIONS.find(([pattern]) => pattern.test(name));
  return row === undefined ? undefined : { key: row[1] };
}
