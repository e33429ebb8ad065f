import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readLockHolders } from '../../src/run/lock.ts';
import { type FakeDom0, installFakeDom0, openFakeDom0 } from '../fake-dom0/install.ts';
import { endProcesses } from '../support/processes.ts';
import { ARCHIVE } from './archive.ts';

/** How a run of relight ended. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What must not change before the commit: the live configuration, the live root, and the data. */
export interface Fingerprint {
  readonly config: string;
  readonly root: string;
  readonly data: string;
}

/** A site, a state directory and a fake dom0, all below one directory that can be put back to what it was. */
export class World {
  readonly directory: string;
  readonly program: string;

  constructor(directory: string, program: string) {
    this.directory = directory;
    this.program = program;
  }

  /** Begins anew: a site with one guest, nothing built. */
  create(guest: string = GUEST): void {
    rmSync(this.directory, { recursive: true, force: true });
    mkdirSync(this.directory, { recursive: true });
    installFakeDom0(`${this.directory}/dom0`, { tools: true });
    this.write('site/site.yaml', SITE);
    this.write('site/domus/web1.yaml', guest);
    this.write('site/files/page.html', '<p>page</p>\n');
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(`${this.directory}/${path}`), { recursive: true });
    writeFileSync(`${this.directory}/${path}`, text, { mode: 0o600 });
  }

  get fake(): FakeDom0 {
    return openFakeDom0(`${this.directory}/dom0`);
  }

  get state(): string {
    return `${this.directory}/state`;
  }

  get config(): string {
    return `${this.directory}/xen/web1.cfg`;
  }

  get environment(): Record<string, string> {
    return {
      PATH: `${this.fake.bin}:${process.env.PATH}`,
      RELIGHT_STATE: this.state,
      RELIGHT_XEN_CONFIG: `${this.directory}/xen`,
      NO_COLOR: '1',
      no_proxy: '127.0.0.1',
    };
  }

  argv(...words: string[]): string[] {
    return [process.execPath, this.program, ...words, '--site', `${this.directory}/site`];
  }

  relight(...words: string[]): Promise<Run> {
    return this.run(this.argv(...words));
  }

  /** `real`: the first program is the machine's own, not the fake of that name. */
  run(argv: readonly string[], options: { real?: boolean } = {}): Promise<Run> {
    const [name = '', ...args] = argv;
    const file = options.real === true ? `/usr/bin/${name}` : name;
    const environment = { ...process.env, ...this.environment };
    return new Promise((resolve) => {
      const child = execFile(file, args, { env: environment }, (_error, stdout, stderr) =>
        resolve({ status: child.exitCode, stdout, stderr }),
      );
    });
  }

  /** Keeps a copy of everything; `restore` puts it back, to the same paths. */
  save(): void {
    copySparse(this.directory, `${this.directory}.saved`);
  }

  restore(): void {
    endProcesses(this.directory);
    copySparse(`${this.directory}.saved`, this.directory);
  }

  remove(): void {
    for (const path of [this.directory, `${this.directory}.saved`])
      rmSync(path, { recursive: true, force: true });
  }

  /** Waits until nothing that an earlier run has started holds the guest's lock. */
  async settle(): Promise<void> {
    const lock = `${this.state}/guests/web1/lock`;
    while (existsSync(lock) && readLockHolders(lock).pids.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  readConfig(): string {
    return existsSync(this.config) ? readFileSync(this.config, 'utf8') : '';
  }

  /** The operation that is live by the configuration's header. */
  get live(): string | undefined {
    return /"operation":"([0-9a-f]+)"/.exec(this.readConfig())?.[1];
  }

  fingerprint(operation: string | undefined): Fingerprint {
    const { devices } = this.fake;
    const paths = [`${devices}/vg0/web1-root.${operation}`, `${devices}/vg0/web1-srv`];
    const [root = '', data = ''] = hashBlocks(paths);
    return { config: hash(this.readConfig()), root, data };
  }

  /** Everything that a second recovery must leave as it is; logs and counters aside. */
  snapshot(): string {
    const { volumes, domains } = this.fake.state();
    const roots = hashBlocks(Object.keys(volumes).map((name) => `${this.fake.devices}/${name}`));
    return JSON.stringify([volumes, domains, roots, this.links(), this.readConfig(), this.listState()]);
  }

  /** Journals and configurations of the state directory with their content. */
  listState(): string[] {
    if (!existsSync(this.state)) return [];
    const files = readdirSync(this.state, { recursive: true, encoding: 'utf8' });
    return files
      .filter((file) => /\.(jsonl|cfg|json)$/.test(file) && !file.endsWith('progress.json'))
      .sort()
      .map((file) => `${file} ${hash(readFileSync(`${this.state}/${file}`, 'utf8'))}`);
  }

  /** The autostart links. */
  links(): string[] {
    return listNames(`${this.directory}/xen/auto`);
  }

  listWork(): string[] {
    return listNames(`${this.state}/work`);
  }

  domains(): string[] {
    return this.fake.state().domains.map((domain) => domain.name);
  }

  volumes(): string[] {
    return Object.entries(this.fake.state().volumes).map(
      ([name, { tags }]) => `${name} ${tags.find((tag) => tag.startsWith('relight.state=')) ?? 'untagged'}`,
    );
  }
}

function listNames(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Hashes sparse files by their data alone: holes and blocks of zeros count the same. */
function hashBlocks(paths: readonly string[]): string[] {
  return execFileSync('perl', ['-e', HASHER, ...paths], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

const HASHER = `use Digest::SHA; my $zero = "\\0" x 65536;
for my $path (@ARGV) {
  open my $file, '<:raw', $path or do { print "absent\\n"; next };
  my ($sha, $at) = (Digest::SHA->new(256), 0);
  while (defined($at = sysseek $file, $at, 3)) {
    $at = $at - $at % 65536; sysseek $file, $at, 0;
    while (my $count = sysread $file, my $block, 65536) {
      last if $block eq $zero; $sha->add("$at "); $sha->add($block); $at += $count;
    }
    $at += 65536;
  }
  print $sha->hexdigest, "\\n";
}`;

function copySparse(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  execFileSync('cp', ['-a', '--sparse=always', from, to]);
}

const SITE = `relight: 1
name: test
host: { hypervisor: xl, storage: { lvm: vg0 } }
networks:
  lan: { mode: bridge, bridge: xenbr0 }
defaults: { suite: trixie, mirror: "${ARCHIVE}", locale: C.UTF-8 }
`;

/** A guest with all that a rebuild has a step for. */
export const GUEST = `name: web1
guest: pvh
boot: direct
install: bootstrap
memory: 256MiB
vcpus: 1
disks:
  root: { size: 1GiB }
  swap: { size: 16MiB }
  srv: { size: 16MiB, keep: true, mount: /srv }
nics:
  - { network: lan, address: 192.0.2.10/24, gateway: 192.0.2.254, dns: [192.0.2.53] }
users:
  - { name: anna, sudo: true, password: { hash: "$y$j9T$abcdefghijklmnop$abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG" } }
files: [ { from: files/page.html, to: /srv2/page.html, mode: "0644" } ]
run: [ "echo ran" ]
start: auto
`;
