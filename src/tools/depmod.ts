/**
 * The files of modules and of all they depend on, out of modules.dep (modules.dep(5)): paths below the kernel's module
 * directory, each once. A name that is none is built into the kernel, and left out.
 */
export function chooseModules(modulesDep: string, names: readonly string[]): string[] {
  const needs = new Map<string, readonly string[]>();
  const paths = new Map<string, string>();
  for (const line of modulesDep.split('\n')) {
    const [path = '', rest = ''] = line.split(':');
    if (path === '') continue;
    needs.set(
      path,
      rest.split(' ').filter((word) => word !== ''),
    );
    paths.set(readName(path), path);
  }
  const chosen = new Set<string>();
  for (const name of names) {
    const path = paths.get(name.replaceAll('-', '_'));
    if (path === undefined) continue;
    // modules.dep lists dependencies of dependencies as well.
    for (const each of [path, ...(needs.get(path) ?? [])]) chosen.add(each);
  }
  return [...chosen].sort();
}

/** `kernel/fs/ext4/ext4.ko.xz` is the module ext4; dashes and underscores are the same (modprobe(8)). */
function readName(path: string): string {
  return (path.split('/').at(-1) ?? '').replace(/\.ko(\.[a-z0-9]+)?$/, '').replaceAll('-', '_');
}
