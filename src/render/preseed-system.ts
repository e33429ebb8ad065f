import { findQuestion } from '../release/preseed-questions.ts';
import type { GuestSpec } from '../spec/types.ts';
import { renderKeyboard, renderTimezone, requireLocale } from './locale.ts';
import type { PreseedAnswer } from './preseed-line.ts';
import { listDevices } from './preseed-partitions.ts';
import { INITRD_FOLDER, type PreseedRequest } from './preseed-request.ts';
import { requireCommandLine } from './refuse.ts';

/** The installer speaks English whatever the guest speaks: its log and its questions are read by the watcher. */
export function listLocaleAnswers(guest: GuestSpec): PreseedAnswer[] {
  requireLocale(guest.locale);
  // localechooser knows no C.UTF-8; the guest's own locale is written when it is personalised.
  const locale = /^[a-z]{2,3}_[A-Z]{2}\.UTF-8/.test(guest.locale) ? guest.locale : 'en_US.UTF-8';
  return [
    answer('debian-installer/locale', 'string', locale, 'locale'),
    answer('debian-installer/language', 'string', 'en', 'locale'),
    answer(
      'debian-installer/country',
      'string',
      locale.slice(locale.indexOf('_') + 1, locale.indexOf('.')),
      'locale',
    ),
    answer('localechooser/supported-locales', 'multiselect', locale, 'locale'),
    answer('keyboard-configuration/xkb-keymap', 'select', chooseKeymap(guest), 'keyboard'),
  ];
}

/** The installer's list is shorter than XKB's; /etc/default/keyboard is written when the guest is personalised. */
function chooseKeymap(guest: GuestSpec): string {
  renderKeyboard(guest.keyboard);
  const choices = findQuestion('keyboard-configuration/xkb-keymap', guest.suite)?.choices ?? [];
  return choices.includes(guest.keyboard) ? guest.keyboard : 'us';
}

export function listClockAnswers(guest: GuestSpec): PreseedAnswer[] {
  return [
    answer('clock-setup/utc', 'boolean', 'true', 'timezone'),
    // The hypervisor sets the clock; a time server may be out of reach.
    answer('clock-setup/ntp', 'boolean', 'false', 'timezone'),
    answer('time/zone', 'string', renderTimezone(guest.timezone).trimEnd(), 'timezone'),
  ];
}

export function listHardwareAnswers(request: PreseedRequest): PreseedAnswer[] {
  return [
    ...(request.hasModules === true ? [answer('anna/no_kernel_modules', 'boolean', 'true')] : []),
    answer('hw-detect/load_firmware', 'boolean', 'false'),
    answer('hw-detect/firmware-lookup', 'string', 'never'),
    answer('cdrom-detect/eject', 'boolean', 'false'),
  ];
}

export function listBootAnswers(request: PreseedRequest): PreseedAnswer[] {
  // A guest must boot from whichever disk of its RAID is left.
  const devices = listDevices(request).join(' ');
  const words = requireCommandLine(request.commandLine);
  return [
    ...(request.skipBootLoader === true ? [answer('grub-installer/skip', 'boolean', 'true', 'boot')] : []),
    answer('grub-installer/bootdev', 'string', devices, 'boot'),
    answer('grub-installer/only_debian', 'boolean', 'true', 'boot'),
    answer('grub-installer/with_other_os', 'boolean', 'true', 'boot'),
    answer(
      'grub-installer/force-efi-extra-removable',
      'boolean',
      request.guest.boot === 'uefi' ? 'true' : 'false',
      'boot',
    ),
    answer('grub-installer/update-nvram', 'boolean', 'false', 'boot'),
    ...(words === '' ? [] : [answer('debian-installer/add-kernel-opts', 'string', words, 'boot')]),
  ];
}

/** One late command, and the machine goes off: a reboot would start the installer again. */
export function listFinishAnswers(): PreseedAnswer[] {
  return [
    answer('preseed/late_command', 'string', `sh ${INITRD_FOLDER}/late.sh`),
    answer('finish-install/keep-consoles', 'boolean', 'true'),
    answer('finish-install/reboot_in_progress', 'note', ''),
    answer('debian-installer/exit/poweroff', 'boolean', 'true'),
  ];
}

function answer(name: string, type: PreseedAnswer['type'], value: string, path?: string): PreseedAnswer {
  return { owner: 'd-i', name, type, value, path };
}
