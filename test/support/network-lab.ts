import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { loadSiteAt } from '../../src/commands/load-site.ts';
import type { HostNetworkFacts } from '../../src/host/network.ts';
import { type NetworkPlan, planNetworks } from '../../src/plan/dom0/network.ts';
import { BRIDGE_FILTER } from '../../src/plan/dom0/network-check.ts';
import type { Action, Step } from '../../src/plan/types.ts';
import { listForwards } from '../../src/render/host-network/forwards.ts';
import { listSysctls } from '../../src/render/host-network/sysctl.ts';
import { probeNetwork } from '../../src/run/probe-network.ts';
import type { Runner } from '../../src/run/runner.ts';
import { createRunner } from '../../src/run/runner-spawn.ts';
import { createSecretStore } from '../../src/run/secrets.ts';
import type { StepContext } from '../../src/run/steps/context.ts';
import { performStep } from '../../src/run/steps/perform.ts';
import type { Site } from '../../src/spec/types.ts';

const TALK = fileURLToPath(new URL('./network-talk.mjs', import.meta.url));
/** Configuration and state of both network managers and the leases' directory are the lab's own, seen by its dom0 only. */
const ENTER = `mkdir -p /run/network /run/systemd/netif /run/dbus
mount --bind "$1/etc/network" /etc/network
mount --bind "$1/run" /run/network
mount --bind "$1/misc" /var/lib/misc
mount --bind "$1/etc/systemd/network" /etc/systemd/network
mount --bind "$1/netif" /run/systemd/netif
mount --bind "$1/dbus" /run/dbus
# As in a container: systemd-networkd does not wait for a udev that is not there.
if [ "$2" = networkd ]; then mount -o remount,ro /sys; fi
shift 2
exec "$@"`;

/** Network namespaces: `dom0`, the host `out` on its outside wire, and guests whose vifs are veth pairs. */
export class NetworkLab {
  readonly directory = mkdtempSync(join(tmpdir(), 'relight-net-'));
  readonly at = { etc: join(this.directory, 'etc') };
  readonly change = join(this.directory, 'change');
  readonly keep = join(this.directory, 'kept');
  readonly #prefix = `rl${randomBytes(3).toString('hex')}`;
  readonly #namespaces: string[] = [];
  readonly #children: ChildProcess[] = [];

  constructor(
    interfaces: string,
    readonly manager: 'ifupdown' | 'networkd' = 'ifupdown',
  ) {
    const folders = [
      'etc/network/interfaces.d',
      'etc/systemd/network',
      'etc/sysctl.d',
      'run',
      'misc',
      'site/domus',
    ];
    for (const name of [...folders, 'netif', 'dbus'])
      mkdirSync(join(this.directory, name), { recursive: true });
    for (const name of ['if-pre-up.d', 'if-up.d', 'if-down.d', 'if-post-down.d'])
      if (existsSync(`/etc/network/${name}`))
        cpSync(`/etc/network/${name}`, join(this.at.etc, 'network', name), {
          recursive: true,
          verbatimSymlinks: true,
        });
    execFileSync('chmod', ['-R', 'a+rwX', join(this.directory, 'misc'), this.directory]);
    execFileSync('chmod', ['755', this.directory, join(this.directory, 'netif')]);
    if (manager === 'networkd')
      execFileSync('chown', ['systemd-network:systemd-network', join(this.directory, 'netif')]);
    const path = manager === 'networkd' ? 'systemd/network/50-wire.network' : 'network/interfaces';
    writeFileSync(join(this.at.etc, path), interfaces);
    for (const name of ['dom0', 'out']) this.addNamespace(name);
    this.ip('dom0', `link add eth0 type veth peer name wire netns ${this.nameOf('out')}`);
    this.ip('out', 'link add lan0 type bridge');
    this.ip('out', 'link set wire master lan0 up');
    this.ip('out', 'link set lan0 up');
    this.ip('out', 'address add 203.0.113.1/24 dev lan0');
  }

  addNamespace(name: string): void {
    execFileSync('ip', ['netns', 'add', this.nameOf(name)]);
    this.#namespaces.push(name);
    this.ip(name, 'link set lo up');
  }

  nameOf(name: string): string {
    return `${this.#prefix}-${name}`;
  }

  /** What Xen's hotplug does: a vif in dom0, an interface in the guest. */
  addVif(guest: string, vif: string, nic: string, mac: string): void {
    if (!this.#namespaces.includes(guest)) this.addNamespace(guest);
    this.ip('dom0', `link add ${vif} type veth peer name ${nic} netns ${this.nameOf(guest)}`);
    this.ip(guest, `link set ${nic} address ${mac} up`);
    this.ip('dom0', `link set ${vif} up`);
  }

  /** Runs `ip` with words inside a namespace. */
  ip(name: string, words: string): string {
    return this.exec(name, ['ip', ...words.split(' ')]);
  }

  exec(name: string, argv: readonly string[], input?: string): string {
    const words = [...this.enter(name), ...argv];
    return execFileSync(words[0] as string, words.slice(1), {
      encoding: 'utf8',
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(input === undefined ? {} : { input }),
    });
  }

  enter(name: string): string[] {
    const inside = ['ip', 'netns', 'exec', this.nameOf(name)];
    return name === 'dom0'
      ? [...inside, 'unshare', '-m', 'sh', '-c', ENTER, 'sh', this.directory, this.manager]
      : inside;
  }

  start(name: string, argv: readonly string[]): ChildProcess {
    const words = [...this.enter(name), ...argv];
    const child = spawn(words[0] as string, words.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  /** Starts systemd-networkd with a message bus of its own, as a booted dom0 has them. */
  async startNetworkd(): Promise<void> {
    this.start('dom0', ['dbus-daemon', '--system', '--nofork', '--nopidfile']);
    await this.waitFor('the bus', () => existsSync(join(this.directory, 'dbus/system_bus_socket')));
    this.start('dom0', ['/lib/systemd/systemd-networkd']);
    await this.waitFor('an address on eth0', () =>
      this.ip('dom0', '-br address show eth0').includes('203.0.113.10'),
    );
  }

  async waitFor(what: string, isSo: () => boolean): Promise<void> {
    for (let left = 600; !isSo(); left -= 1) {
      if (left === 0) throw new Error(`still not: ${what}`);
      await sleep(100);
    }
  }

  /** A server that answers with its name and whom it sees. Resolves when it listens. */
  async serve(name: string, protocol: 'tcp' | 'udp', port: number): Promise<void> {
    const child = this.start(name, [process.execPath, TALK, 'serve', protocol, String(port), name]);
    await new Promise<void>((resolve, reject) => {
      child.stdout?.once('data', () => resolve());
      child.once('exit', () => reject(new Error(`the server of ${name} has ended`)));
    });
  }

  /** The answer of a server, such as `web1 sees 203.0.113.1`, or `nothing` after the deadline. */
  ask(name: string, protocol: 'tcp' | 'udp', address: string, port: number, seconds = 20): string {
    return this.exec(name, [
      process.execPath,
      TALK,
      'ask',
      protocol,
      address,
      String(port),
      String(seconds),
    ]).trim();
  }

  writeSite(site: string, guests: Readonly<Record<string, string>>): void {
    writeFileSync(join(this.directory, 'site/site.yaml'), site);
    rmSync(join(this.directory, 'site/domus'), { recursive: true, force: true });
    mkdirSync(join(this.directory, 'site/domus'));
    for (const [name, text] of Object.entries(guests))
      writeFileSync(join(this.directory, `site/domus/${name}.yaml`), text);
  }

  loadSite(): Site {
    const { parsed } = loadSiteAt(join(this.directory, 'site'));
    const errors = parsed.issues.filter((issue) => issue.severity === 'error');
    if (parsed.site === undefined || errors.length > 0) throw new Error(JSON.stringify(parsed.issues));
    return parsed.site;
  }

  get runner(): Runner {
    const real = createRunner({ environment: process.env });
    return { run: (request) => real.run({ ...request, argv: [...this.enter('dom0'), ...request.argv] }) };
  }

  /** The lab's machine is not run by systemd, whatever runs the tests. */
  async probe(): Promise<HostNetworkFacts> {
    const site = this.loadSite();
    const forwards = [...site.guests.values()].flatMap((guest) => listForwards(guest, site.networks));
    const facts = await probeNetwork({
      runner: this.runner,
      at: this.at,
      change: this.change,
      sysctls: [BRIDGE_FILTER, ...listSysctls(site.networks).map(([key]) => key)],
      addresses: forwards.map((forward) => ({ link: forward.out, address: forward.public })),
    });
    return { ...facts, systemd: false, activeUnits: [], manager: this.manager, firewallManager: undefined };
  }

  async plan(confirmSeconds = 600): Promise<NetworkPlan> {
    const { at, keep, change } = this;
    return planNetworks({
      site: this.loadSite(),
      facts: await this.probe(),
      at,
      keep,
      change,
      confirmSeconds,
    });
  }

  async perform(steps: readonly Step[]): Promise<void> {
    const context = { runner: this.runner, secrets: createSecretStore(), listener: {}, logPath: 'log' };
    for (const step of steps) await performStep(step, context as unknown as StepContext);
  }

  /** Makes dom0 as the site says. Returns what was done. */
  async setUp(): Promise<readonly Action[]> {
    const { actions, issues } = await this.plan();
    const errors = issues.filter((issue) => issue.severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors));
    for (const action of actions) await this.perform(action.steps);
    return actions;
  }

  async undo(actions: readonly Action[]): Promise<void> {
    for (const action of [...actions].reverse()) await this.perform(action.undo);
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const name of this.#namespaces) {
      const pids = execFileSync('ip', ['netns', 'pids', this.nameOf(name)], { encoding: 'utf8' });
      for (const pid of pids.split('\n').filter((line) => line !== '')) {
        try {
          process.kill(Number(pid), 'SIGKILL');
        } catch {
          // It has ended already.
        }
      }
      execFileSync('ip', ['netns', 'delete', this.nameOf(name)]);
    }
    rmSync(this.directory, { recursive: true, force: true });
  }
}
