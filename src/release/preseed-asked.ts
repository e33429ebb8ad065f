/** When the installer asks a question that has no answer. Read in the components' scripts (`db_input PRIORITY NAME`). */
export interface AskedQuestion {
  readonly name: string;
  readonly priority: 'critical' | 'high' | 'medium';
  /** The answers that keep it from being asked, besides its own. */
  readonly unless?: readonly string[];
  /** Asked only when these questions have one of these answers; undefined stands for no answer. */
  readonly when?: Readonly<Record<string, readonly (string | undefined)[]>>;
  readonly suggestion: string;
}

const LVM = { 'partman-auto/method': ['lvm', 'crypto'] } as const;
const STATIC = { 'netcfg/disable_autoconfig': ['true'] } as const;
const ROOT = { 'passwd/root-login': ['true', undefined] } as const;
const USER = { 'passwd/make-user': ['true', undefined] } as const;

/** In the order in which the installer asks. */
export const ASKED_QUESTIONS: readonly AskedQuestion[] = [
  {
    name: 'debian-installer/locale',
    priority: 'critical',
    unless: ['debian-installer/language'],
    suggestion: 'add: d-i debian-installer/locale string en_GB.UTF-8',
  },
  {
    name: 'keyboard-configuration/xkb-keymap',
    priority: 'critical',
    suggestion: 'add: d-i keyboard-configuration/xkb-keymap select gb',
  },
  {
    name: 'netcfg/choose_interface',
    priority: 'high',
    suggestion: 'add: d-i netcfg/choose_interface select auto',
  },
  { name: 'netcfg/get_ipaddress', priority: 'critical', when: STATIC, suggestion: 'give the address' },
  {
    name: 'netcfg/get_hostname',
    priority: 'high',
    unless: ['netcfg/hostname'],
    suggestion: 'add: d-i netcfg/get_hostname string NAME',
  },
  { name: 'netcfg/get_domain', priority: 'high', suggestion: 'add: d-i netcfg/get_domain string DOMAIN' },
  {
    name: 'mirror/country',
    priority: 'high',
    suggestion: 'add: d-i mirror/country string manual',
  },
  {
    name: 'mirror/http/hostname',
    priority: 'high',
    unless: ['mirror/https/hostname', 'mirror/ftp/hostname', 'mirror/http/mirror'],
    suggestion: 'add: d-i mirror/http/hostname string mirror.example.org',
  },
  {
    name: 'mirror/http/directory',
    priority: 'high',
    unless: ['mirror/https/directory', 'mirror/ftp/directory', 'mirror/http/mirror'],
    suggestion: 'add: d-i mirror/http/directory string /debian',
  },
  {
    name: 'mirror/http/proxy',
    priority: 'high',
    unless: ['mirror/https/proxy', 'mirror/ftp/proxy'],
    suggestion: 'add: d-i mirror/http/proxy string',
  },
  {
    name: 'passwd/root-password',
    priority: 'critical',
    unless: ['passwd/root-password-crypted'],
    when: ROOT,
    suggestion: 'add passwd/root-password-crypted with a hash, or passwd/root-login false',
  },
  {
    name: 'passwd/user-fullname',
    priority: 'critical',
    when: USER,
    suggestion: 'add it, or passwd/make-user false',
  },
  {
    name: 'passwd/username',
    priority: 'critical',
    when: USER,
    suggestion: 'add it, or passwd/make-user false',
  },
  {
    name: 'passwd/user-password',
    priority: 'critical',
    unless: ['passwd/user-password-crypted'],
    when: USER,
    suggestion: 'add passwd/user-password-crypted with a hash',
  },
  { name: 'time/zone', priority: 'high', suggestion: 'add: d-i time/zone string Etc/UTC' },
  {
    name: 'partman-auto/init_automatically_partition',
    priority: 'critical',
    unless: ['partman-auto/method'],
    suggestion: 'add: d-i partman-auto/method string regular',
  },
  {
    name: 'partman-auto/disk',
    priority: 'critical',
    suggestion: 'add: d-i partman-auto/disk string /dev/xvda',
  },
  {
    name: 'partman-auto/choose_recipe',
    priority: 'high',
    unless: ['partman-auto/expert_recipe', 'partman-auto/expert_recipe_file'],
    suggestion: 'add: d-i partman-auto/choose_recipe select atomic',
  },
  {
    name: 'partman-auto-lvm/guided_size',
    priority: 'high',
    when: LVM,
    suggestion: 'add: d-i partman-auto-lvm/guided_size string max',
  },
  {
    name: 'partman-lvm/device_remove_lvm',
    priority: 'critical',
    when: LVM,
    suggestion: 'add: d-i partman-lvm/device_remove_lvm boolean true',
  },
  {
    name: 'partman-lvm/confirm',
    priority: 'critical',
    when: LVM,
    suggestion: 'add: d-i partman-lvm/confirm boolean true',
  },
  {
    name: 'partman-lvm/confirm_nooverwrite',
    priority: 'critical',
    when: LVM,
    suggestion: 'add: d-i partman-lvm/confirm_nooverwrite boolean true',
  },
  {
    name: 'partman-md/confirm',
    priority: 'critical',
    when: { 'partman-auto/method': ['raid'] },
    suggestion: 'add: d-i partman-md/confirm boolean true',
  },
  {
    name: 'partman-auto-raid/recipe',
    priority: 'critical',
    when: { 'partman-auto/method': ['raid'] },
    suggestion: 'add the recipe',
  },
  {
    name: 'partman-crypto/passphrase',
    priority: 'critical',
    unless: ['partman/early_command', 'preseed/early_command'],
    when: { 'partman-auto/method': ['crypto'] },
    suggestion: 'let a script of the initrd answer it in partman/early_command',
  },
  {
    name: 'partman/choose_partition',
    priority: 'critical',
    suggestion: 'add: d-i partman/choose_partition select finish',
  },
  { name: 'partman/confirm', priority: 'critical', suggestion: 'add: d-i partman/confirm boolean true' },
  {
    name: 'partman/confirm_nooverwrite',
    priority: 'critical',
    suggestion: 'add: d-i partman/confirm_nooverwrite boolean true',
  },
  {
    name: 'apt-setup/services-select',
    priority: 'medium',
    suggestion: 'add: d-i apt-setup/services-select multiselect security, updates',
  },
  {
    name: 'tasksel/first',
    priority: 'high',
    unless: ['pkgsel/run_tasksel'],
    suggestion: 'add: tasksel tasksel/first multiselect standard',
  },
  {
    name: 'popularity-contest/participate',
    priority: 'high',
    suggestion: 'add: popularity-contest popularity-contest/participate boolean false',
  },
  {
    name: 'pkgsel/update-policy',
    priority: 'medium',
    suggestion: 'add: d-i pkgsel/update-policy select none',
  },
  {
    name: 'grub-installer/bootdev',
    priority: 'high',
    unless: ['grub-installer/only_debian', 'grub-installer/skip'],
    suggestion: 'add: d-i grub-installer/bootdev string default',
  },
  {
    name: 'finish-install/reboot_in_progress',
    priority: 'critical',
    suggestion: 'add: d-i finish-install/reboot_in_progress note',
  },
];
