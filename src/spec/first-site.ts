import { stringify } from 'yaml';

/** What `relight init` was told, by questions or by flags. Texts as typed: the site's own rules judge them. */
export interface FirstAnswers {
  /** Undefined: only a site is wanted. */
  readonly name: string | undefined;
  /** The volume group; undefined for disks as files. */
  readonly volumeGroup: string | undefined;
  readonly network: string;
  readonly bridge: string;
  readonly suite: string;
  readonly memory: string;
  readonly disk: string;
  /** `dhcp`, or ADDRESS/PREFIX. */
  readonly address: string;
  readonly gateway: string | undefined;
  readonly user: string;
  /** The line of a public key. */
  readonly sshKey: string | undefined;
}

/** A first site.yaml. */
export function writeFirstSite(answers: FirstAnswers): string {
  const storage = answers.volumeGroup === undefined ? {} : { storage: { lvm: answers.volumeGroup } };
  const site = {
    relight: 1,
    host: { hypervisor: 'auto', ...storage },
    networks: { [answers.network]: { mode: 'bridge', bridge: answers.bridge } },
    defaults: { suite: answers.suite, mirror: 'host' },
  };
  return `# This dom0, and what every guest shares. See: relight check\n${stringify(site)}`;
}

/** A first domus/NAME.yaml: a guest that boots and can be logged in to. */
export function writeFirstGuest(name: string, answers: FirstAnswers): string {
  const { address, gateway, user, sshKey } = answers;
  const guest = {
    name,
    suite: answers.suite,
    guest: 'pvh',
    install: 'bootstrap',
    memory: answers.memory,
    vcpus: 1,
    disks: { root: { size: answers.disk } },
    nics: [{ network: answers.network, address, ...(gateway === undefined ? {} : { gateway }) }],
    users: [{ name: user, sudo: true, ...(sshKey === undefined ? {} : { 'ssh-keys': [sshKey] }) }],
    checks: [{ port: 22 }],
    start: 'manual',
  };
  return `# Rebuild it by: relight rebuild ${name}\n${stringify(guest, { lineWidth: 0 })}`;
}
