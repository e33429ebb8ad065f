// Part of `npm run check`: the documentation's links lead somewhere, and README.md has a length that is read.
// Its examples are run by test/docs; the generated files have tests of their own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENTS = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`),
];
const README_LINES = { least: 150, most: 250 };
const LONGEST_LINE = 140;

const faults = DOCUMENTS.filter((path) => path.endsWith('.md')).flatMap(checkDocument);
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;

function checkDocument(path) {
  const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
  const found = [];
  for (const [index, line] of lines.entries()) {
    const place = `${path}:${index + 1}`;
    for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
      const fault = checkLink(path, target);
      if (fault !== undefined) found.push(`${place}: ${fault}`);
    }
    // Generated lists and tables are as wide as their content.
    const isWide = line.length > LONGEST_LINE && !line.startsWith('|') && path !== 'docs/error-codes.md';
    if (isWide) found.push(`${place}: ${line.length} characters, ${LONGEST_LINE} at most`);
  }
  const count = lines.length - 1;
  if (path === 'README.md' && (count < README_LINES.least || count > README_LINES.most)) {
    found.push(
      `${path}: ${count} lines, not ${README_LINES.least} to ${README_LINES.most}; the rest belongs in docs`,
    );
  }
  return found;
}

function checkLink(path, target) {
  if (/^https?:/.test(target)) return undefined;
  const [file, anchor] = target.split('#');
  const place = file === '' ? join(ROOT, path) : join(ROOT, dirname(path), file);
  if (!existsSync(place)) return `the link leads nowhere: ${target}`;
  if (anchor === undefined) return undefined;
  const headings = readFileSync(place, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map(nameAnchor).includes(anchor) ? undefined : `no such heading: ${target}`;
}

/** The anchor that Git hosts make of a heading. */
function nameAnchor(heading) {
  const text = heading.replace(/^#+ /, '').toLowerCase();
  return text.replaceAll(/[^a-z0-9 _-]/g, '').replaceAll(' ', '-');
}
