import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundleFile } from '../../support/bundle.ts';

const TOOL = new URL('tool.sh', import.meta.url).pathname;
/** Commands that would change the real machine; ip, nft and sysctl are real, in a network namespace. */
const NAMES = [
  ...['apt-get', 'apt-helper', 'dpkg', 'dpkg-query', 'dpkg-divert', 'update-grub', 'systemctl', 'ss'],
  ...[
    'pvcreate',
    'pvremove',
    'vgcreate',
    'vgremove',
    'vgs',
    'lvcreate',
    'lvremove',
    'lvs',
    'lsblk',
    'wipefs',
  ],
  ...['ifup', 'ifdown', 'dnsmasq'],
];
const SITE = `relight: 1
host:
  hypervisor: xl
  storage: { lvm: vg0, thin: pool }
  cache: { apt-cacher-ng: "10.9.0.1:3142" }
  dom0: { memory: 2GiB }
networks:
  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }
`;
/** /etc, /boot and the cache's directory are the sandbox's own; a device without a driver stands for an empty disk. */
const ENTER = `set -e
mount --bind "$WORLD/etc" /etc
mount --bind "$WORLD/boot" /boot
mount --bind "$WORLD/bin/apt-helper" /usr/lib/apt/apt-helper
if [ -d /var/cache/apt-cacher-ng ]; then mount --bind "$WORLD/empty" /var/cache/apt-cacher-ng; fi
mount -t tmpfs tmpfs /run
mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /dev/shm
mknod /dev/shm/sdb b 240 0
exec "$@"`;

/** A Debian machine in namespaces: real relight, executor, journal, files, addresses and firewall; packages, GRUB and LVM are played. */
export class SandboxMachine {
  readonly directory: string;
  readonly #namespace = `relight-kill-${process.pid}`;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<SandboxMachine> {
    const directory = mkdtempSync(join(tmpdir(), 'relight-dom0-'));
    await bundleFile('src/cli.ts', join(directory, 'relight.mjs'));
    const machine = new SandboxMachine(directory);
    mkdirSync(join(directory, 'bin'));
    // relight hands no variables of its caller on.
    const tool = join(directory, 'tool.sh');
    writeFileSync(tool, readFileSync(TOOL, 'utf8').replace(/^set -u$/m, `set -u\nWORLD=${directory}`));
    chmodSync(tool, 0o755);
    for (const name of NAMES) symlinkSync(tool, join(directory, 'bin', name));
    chmodSync(directory, 0o755);
    return machine;
  }

  /** A machine as the installer leaves it. */
  reset(): void {
    this.#dropNamespace();
    for (const name of ['etc', 'boot', 'machine', 'state', 'empty'])
      rmSync(join(this.directory, name), { recursive: true, force: true });
    this.#write('empty/.keep', '');
    this.#write('etc/os-release', 'ID=debian\nVERSION_CODENAME=trixie\n');
    this.#write('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n');
    this.#write('etc/group', 'root:x:0:\n');
    this.#write('etc/default/xen', '# of the package\n');
    this.#write(
      'etc/network/interfaces',
      'source /etc/network/interfaces.d/*\nauto eth0\niface eth0 inet dhcp\n',
    );
    this.#write('boot/grub/grub.cfg', '');
    this.#write('machine/packages', 'grub-pc\nlinux-image-amd64\n');
    for (const name of ['log', 'disk', 'group', 'pool', 'units']) this.#write(`machine/${name}`, '');
    this.#write('site/site.yaml', SITE);
    this.killAt(0, 'after');
    execFileSync('ip', ['netns', 'add', this.#namespace]);
    this.ip('link add eth0 type veth peer name wire');
    this.ip('address add 192.0.2.1/24 dev eth0');
    this.ip('link set eth0 up');
  }

  /** Kills relight at its Nth change of this machine. */
  killAt(number: number, when: 'instead' | 'after'): void {
    this.#write('kill', `${number} ${when}\n`);
  }

  ip(words: string): string {
    return execFileSync('ip', ['-n', this.#namespace, ...words.split(' ')], { encoding: 'utf8' });
  }

  argv(...words: string[]): string[] {
    const enter = ['ip', 'netns', 'exec', this.#namespace, 'unshare', '--mount', 'sh', '-c', ENTER, 'sh'];
    const program = [process.execPath, join(this.directory, 'relight.mjs')];
    return [...enter, ...program, ...words, '--site', join(this.directory, 'site')];
  }

  get environment(): Record<string, string> {
    return {
      PATH: `${join(this.directory, 'bin')}:${process.env.PATH}`,
      WORLD: this.directory,
      RELIGHT_STATE: join(this.directory, 'state'),
      NO_COLOR: '1',
    };
  }

  /** How many changes were made so far. */
  get changes(): number {
    return readFileSync(join(this.directory, 'machine/log'), 'utf8').split('\n').length - 1;
  }

  /** All that a setup changes: files, packages, volumes, links, addresses, kernel settings, firewall. */
  snapshot(): string[] {
    const files = ['etc', 'boot', 'machine'].flatMap((name) =>
      readdirSync(join(this.directory, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name !== 'log')
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    const links = this.ip('-br link').match(/^\S+/gm) ?? [];
    const addresses = this.ip('-br -4 address').replace(/ +/g, ' ').split('\n');
    const inside = (words: string) =>
      execFileSync('ip', ['netns', 'exec', this.#namespace, ...words.split(' ')], { encoding: 'utf8' });
    return [
      ...files.sort().map((path) => `${path}: ${readFileSync(path, 'utf8').split('\n').sort().join('\n')}`),
      ...[...links, ...addresses].sort(),
      inside('sysctl net.ipv4.ip_forward'),
      inside('nft list ruleset'),
    ];
  }

  remove(): void {
    this.#dropNamespace();
    rmSync(this.directory, { recursive: true, force: true });
  }

  #write(path: string, text: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  #dropNamespace(): void {
    if (existsSync(`/run/netns/${this.#namespace}`)) execFileSync('ip', ['netns', 'delete', this.#namespace]);
  }
}
