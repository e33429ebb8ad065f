// Reads debconf templates of the Debian installer and of the packages that it asks about, and writes the table of
// preseed questions. A release is given as a folder with
//   initrd.gz     the installer's initrd (package debian-installer-N-netboot-amd64)
//   udeb/*.udeb   installer components, as far as the mirror has them
//   deb/*.deb     packages of the installed system
// Usage: node scripts/extract-questions.mjs bookworm=DIR trixie=DIR > src/release/preseed-questions-data.json
// A component that one release's folder lacks is borrowed from the next release; the table names those.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const releases = process.argv.slice(2).map((argument) => {
  const [name = '', directory = ''] = argument.split('=');
  return { name, components: readRelease(directory) };
});
if (releases.length === 0) throw new Error('usage: extract-questions.mjs RELEASE=DIR...');
const borrowed = borrowMissing(releases);
process.stdout.write(formatTable(releases, borrowed));

/** @returns {Map<string, {target: boolean, questions: Map<string, object>}>} by package */
function readRelease(directory) {
  const components = new Map();
  const add = (name, target, text) => components.set(name, { target, questions: parseTemplates(text) });
  readInitrd(join(directory, 'initrd.gz'), (name, text) => add(name, false, text));
  for (const [folder, target] of [
    ['udeb', false],
    ['deb', true],
  ]) {
    const path = join(directory, folder);
    for (const file of existsSync(path) ? readdirSync(path).sort() : []) {
      const name = basename(file).split('_')[0] ?? '';
      if (!components.has(name)) add(name, target, readControlFile(join(path, file)));
    }
  }
  return components;
}

function readInitrd(path, add) {
  const directory = mkdtempSync(join(tmpdir(), 'questions-'));
  try {
    const archive = execFileSync('gzip', ['-dc', path], { maxBuffer: 1 << 30 });
    const patterns = ['var/lib/dpkg/info/*.templates', './var/lib/dpkg/info/*.templates'];
    execFileSync('cpio', ['-idm', '--quiet', ...patterns], { cwd: directory, input: archive });
    const info = join(directory, 'var/lib/dpkg/info');
    for (const file of readdirSync(info).sort()) {
      add(file.replace(/\.templates$/, ''), readFileSync(join(info, file), 'utf8'));
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The templates of a package; empty text when it has none. */
function readControlFile(path) {
  try {
    return execFileSync('dpkg-deb', ['--info', path, 'templates'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    }).toString();
  } catch {
    return '';
  }
}

function parseTemplates(text) {
  const questions = new Map();
  for (const stanza of text.split(/\n\s*\n/)) {
    const fields = new Map();
    for (const line of stanza.split('\n')) {
      const match = /^([A-Za-z][A-Za-z-]*):\s*(.*)$/.exec(line);
      if (match !== null && !fields.has(match[1].toLowerCase()))
        fields.set(match[1].toLowerCase(), match[2].trim());
    }
    const name = fields.get('template');
    const type = fields.get('type');
    // Texts and titles are never asked.
    if (name === undefined || type === undefined || type === 'text' || type === 'title') continue;
    questions.set(
      name,
      describe(type, fields.get('choices-c') ?? fields.get('choices'), fields.get('default')),
    );
  }
  return questions;
}

function describe(type, choices, value) {
  const list = choices === undefined ? [] : splitChoices(choices);
  const isOpen = list.some((choice) => choice.includes('${'));
  const fixed = list.filter((choice) => !choice.includes('${'));
  return {
    type,
    ...(fixed.length > 0 ? { choices: fixed } : {}),
    ...(isOpen ? { open: true } : {}),
    ...(value !== undefined && value !== '' ? { default: value } : {}),
  };
}

/** Commas separate choices; a backslash takes the meaning from a comma or a space (debconf-devel(7)). */
function splitChoices(text) {
  return text
    .split(/(?<!\\),\s*/)
    .map((choice) => choice.replaceAll(/\\([, ])/g, '$1').trim())
    .filter((choice) => choice !== '');
}

/** Fills the gaps of each release from the others; the last release named is asked first. */
function borrowMissing(all) {
  const result = new Map();
  for (const release of all) {
    const own = new Set(release.components.keys());
    for (const other of [...all].reverse()) {
      if (other === release) continue;
      for (const [name, component] of other.components) {
        // A component of an older release that the newer one lacks has been dropped there.
        if (own.has(name) || all.indexOf(other) < all.indexOf(release)) continue;
        if (component.questions.size === 0 || name === 'systemd-boot-installer') continue;
        release.components.set(name, component);
        own.add(name);
        result.set(release.name, [...(result.get(release.name) ?? []), name]);
      }
    }
  }
  return result;
}

function formatTable(all, borrowedBy) {
  const merged = new Map();
  for (const [index, release] of all.entries()) {
    for (const [component, { target, questions }] of release.components) {
      for (const [name, question] of questions) {
        const row = merged.get(name) ?? new Map();
        const known = row.get(index);
        // Some templates are shipped by several packages; the installer's own wins.
        if (known === undefined || (known.target && !target))
          row.set(index, { package: component, target, ...question });
        merged.set(name, row);
      }
    }
  }
  const lines = [...merged.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, row]) => `    ${JSON.stringify(name)}: ${JSON.stringify(formatRow(row, all))}`);
  const lent = Object.fromEntries(
    all.map((release) => [release.name, (borrowedBy.get(release.name) ?? []).sort()]),
  );
  const names = JSON.stringify(all.map((release) => release.name));
  return `{\n  "releases": ${names},\n  "borrowed": ${JSON.stringify(lent)},\n  "questions": {\n${lines.join(',\n')}\n  }\n}\n`;
}

function formatRow(row, all) {
  const present = [...row.keys()].sort();
  const newest = row.get(present.at(-1));
  const { target, ...rest } = newest;
  const result = { ...rest, ...(target ? { target: true } : {}) };
  if (present[0] > 0) result.since = all[present[0]].name;
  if (present.at(-1) < all.length - 1) result.until = all[present.at(-1)].name;
  for (const index of present.slice(0, -1)) {
    const { package: _package, target: _target, ...older } = row.get(index);
    const { package: _newPackage, target: _newTarget, ...current } = newest;
    if (JSON.stringify(older) !== JSON.stringify(current)) result[all[index].name] = older;
  }
  return result;
}
