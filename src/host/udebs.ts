/** An entry of an index of udebs, or of the installer's own status file. */
export interface Udeb {
  readonly name: string;
  readonly version: string;
  readonly priority: string;
  /** Of a udeb with kernel modules: the kernel that they are for. */
  readonly kernelVersion: string | undefined;
  readonly provides: readonly string[];
  /** All of the groups are needed, one name of each. */
  readonly depends: readonly (readonly string[])[];
  /** Path below the mirror; empty in a status file. */
  readonly filename: string;
}

/** Reads stanzas as in Packages and in dpkg's status file (deb822(5)). */
export function parseUdebs(text: string): Udeb[] {
  return text
    .split(/\n{2,}/)
    .map(parseStanza)
    .filter((udeb) => udeb.name !== '');
}

function parseStanza(stanza: string): Udeb {
  const fields = new Map<string, string>();
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (match !== null) fields.set(String(match[1]), String(match[2]));
  }
  const read = (key: string) => fields.get(key) ?? '';
  return {
    name: read('Package'),
    version: read('Version'),
    priority: read('Priority'),
    kernelVersion: fields.get('Kernel-Version'),
    provides: splitList(read('Provides')),
    depends: splitList(read('Depends')).map((group) => group.split('|').map(stripVersion)),
    filename: read('Filename'),
  };
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function stripVersion(dependency: string): string {
  return dependency.replace(/[(:].*$/, '').trim();
}

/** What the installer would fetch. */
export interface ComponentPlan {
  /** Udebs that it fetches from the mirror. */
  readonly wanted: readonly Udeb[];
  /** Names that something depends on and that nothing provides for this kernel. */
  readonly unmet: readonly string[];
}

const TAKEN = new Set(['required', 'important', 'standard']);

/**
 * Which udebs anna, the installer's loader of components, would fetch: all of priority standard and above that are for
 * the running kernel or for any, and what they depend on (anna.c, choose_modules).
 */
export function planComponents(
  index: readonly Udeb[],
  installed: readonly Udeb[],
  kernelVersion: string,
): ComponentPlan {
  const present = new Set(installed.flatMap((udeb) => [udeb.name, ...udeb.provides]));
  const usable = index.filter((udeb) => (udeb.kernelVersion ?? kernelVersion) === kernelVersion);
  const byName = new Map(usable.map((udeb) => [udeb.name, udeb]));
  const providers = new Map(usable.flatMap((udeb) => udeb.provides.map((name) => [name, udeb] as const)));
  const wanted = new Map<string, Udeb>();
  const unmet = new Set<string>();
  const pending = usable.filter((udeb) => TAKEN.has(udeb.priority));
  for (let udeb = pending.pop(); udeb !== undefined; udeb = pending.pop()) {
    if (present.has(udeb.name) || wanted.has(udeb.name)) continue;
    wanted.set(udeb.name, udeb);
    for (const group of udeb.depends) {
      if (group.some((name) => present.has(name))) continue;
      const found = group
        .map((name) => byName.get(name) ?? providers.get(name))
        .find((each) => each !== undefined);
      if (found === undefined) unmet.add(group[0] ?? '');
      else pending.push(found);
    }
  }
  return { wanted: [...wanted.values()], unmet: [...unmet].sort() };
}

/** Entries for the installer's status file that make it take udebs for installed. */
export function renderInstalled(udebs: readonly Pick<Udeb, 'name' | 'version' | 'provides'>[]): string {
  return udebs
    .map(({ name, version, provides }) =>
      [
        `Package: ${name}`,
        'Status: install ok installed',
        `Version: ${version}`,
        'Architecture: amd64',
        ...(provides.length === 0 ? [] : [`Provides: ${provides.join(', ')}`]),
        'Description: put into the initrd by relight\n',
      ].join('\n'),
    )
    .map((stanza) => `${stanza}\n`)
    .join('');
}
