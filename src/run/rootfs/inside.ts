import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

const MAX_LINKS = 40;

/**
 * Finds where a path of the guest lies below its root, following symbolic links as the guest would: an absolute link
 * starts again at the root, `..` never leaves it. So no link leads to a file of this machine.
 * Undefined when a part is missing or links form a loop.
 */
export function resolveInside(root: string, path: string, followLast = true): string | undefined {
  let pending = path.split('/').filter((part) => part !== '' && part !== '.');
  const resolved: string[] = [];
  for (let links = 0; pending.length > 0; ) {
    const part = pending.shift() ?? '';
    if (part === '..') {
      resolved.pop();
      continue;
    }
    const here = [root, ...resolved, part].join('/');
    const stats = lstatSync(here, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink() && (pending.length > 0 || followLast)) {
      links += 1;
      if (links > MAX_LINKS) return undefined;
      const target = readlinkSync(here);
      if (target.startsWith('/')) resolved.length = 0;
      pending = [...target.split('/').filter((each) => each !== '' && each !== '.'), ...pending];
      continue;
    }
    resolved.push(part);
  }
  return [root, ...resolved].join('/');
}

/** The bytes of a regular file of the guest; undefined when there is none. */
export function readInside(root: string, path: string): Buffer | undefined {
  const real = resolveInside(root, path);
  if (real === undefined || !lstatSync(real).isFile()) return undefined;
  return readFileSync(real);
}

/** What lies at a path of the guest; links are followed unless told otherwise. */
export function statInside(root: string, path: string, followLast = true): Stats | undefined {
  const real = resolveInside(root, path, followLast);
  return real === undefined ? undefined : lstatSync(real, { throwIfNoEntry: false });
}

/** The target of a symbolic link of the guest. */
export function readLinkInside(root: string, path: string): string | undefined {
  const real = resolveInside(root, path, false);
  return real !== undefined && lstatSync(real).isSymbolicLink() ? readlinkSync(real) : undefined;
}
