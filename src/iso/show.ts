import type { Issue } from '../report/issue.ts';
import { showText } from '../report/show-text.ts';
import type { Inspection } from './inspect.ts';
import type { PreviousRemaster } from './previous.ts';

const LABEL = 14;
const MOST_MENU_LINES = 12;
const MOST_PRESEED_LINES = 60;

/** What `relight iso inspect` prints for a person. Text from the image is cleaned of control characters. */
export function formatInspection(file: string, inspection: Inspection): string {
  const { identity, boot } = inspection;
  const lines = [
    row('image', `${file}, ${formatSize(inspection.bytes)}`),
    row('what', describe(inspection)),
    row('volume id', inspection.volumeId),
    row('.disk/info', identity.diskInfo ?? 'none'),
    row('made', formatDate(inspection.modified)),
    ...inspection.kernels.map(({ path, size, facts }) => {
      const version = facts === undefined ? 'not a kernel for x86' : `${facts.version}, ${facts.compression}`;
      return row('kernel', `${path}, ${version}, ${formatSize(size)}`);
    }),
    ...inspection.initrds.map(({ path, size, compression }) =>
      row('initrd', `${path}, ${compression}, ${formatSize(size)}`),
    ),
    ...boot.entries.map((entry) =>
      row(
        'boots',
        `${entry.platform === 'efi' ? 'UEFI' : entry.platform.toUpperCase()} by ${entry.path ?? `block ${entry.block}`}`,
      ),
    ),
    row('as a disk', describeHybrid(inspection)),
    ...boot.problems.map((problem) => row('problem', problem)),
    row('guests', inspection.guests.length === 0 ? 'none' : inspection.guests.join(', ')),
    ...formatMenus(inspection),
    ...formatPrevious(inspection.previous),
  ];
  return `${lines.join('\n')}\n`;
}

/** Issues for a person, without a place in a file. */
export function formatIssueLines(issues: readonly Issue[]): string {
  return issues
    .map(({ code, severity, message, hint }) => {
      const fix = hint === undefined ? '' : `  hint: ${hint}\n`;
      return `${severity}[${code}]: ${message}\n${fix}`;
    })
    .join('');
}

function row(label: string, text: string): string {
  return `${label.padEnd(LABEL)}${showText(text, 500)}`;
}

function describe({ identity }: Inspection): string {
  const { distribution, version, codename, kind, architectures } = identity;
  const name = distribution === 'other' ? 'another system' : distribution;
  const release = [version, codename === undefined ? undefined : `(${codename})`].filter(
    (part) => part !== undefined,
  );
  const words = [name, ...release, kind === 'unknown' ? 'image of an unknown kind' : kind];
  return [...words, ...(architectures.length === 0 ? [] : [`for ${architectures.join(', ')}`])].join(' ');
}

function describeHybrid({ boot: { partitions } }: Inspection): string {
  const tables = [...new Set(partitions.partitions.map((partition) => partition.table.toUpperCase()))];
  if (tables.length === 0) return 'no partition table: a CD only';
  const starter = partitions.isohybridSector !== undefined ? ', isohybrid MBR' : '';
  return `${tables.join(', ')}${starter}${partitions.hasBootCode ? '' : ', without boot code'}`;
}

function formatMenus({ menus }: Inspection): string[] {
  const lines = menus
    .slice(0, MOST_MENU_LINES)
    .map(({ loader, title }) => row(`menu ${loader}`.slice(0, 13), title));
  const left = menus.length - lines.length;
  return left > 0 ? [...lines, row('', `and ${left} more entries (--json shows all)`)] : lines;
}

function formatPrevious(previous: PreviousRemaster | undefined): string[] {
  if (previous === undefined) return [];
  const { manifest } = previous;
  const by =
    manifest === undefined
      ? 'by another tool or by hand'
      : `by relight ${manifest.relight} for ${manifest.guest}, erases ${manifest.erases}`;
  return [
    row('remastered', by),
    ...previous.initrdFiles.map(({ path, size }) => row('  in initrd', `${path}, ${size} bytes`)),
    ...previous.menuEntries.map((title) => row('  menu', title)),
    ...previous.preseeds.flatMap(({ path, lines }) => [
      row('  preseed', path),
      ...lines.slice(0, MOST_PRESEED_LINES).map((line) => row('', line)),
    ]),
  ];
}

/** `20250906102300cc` as a date; the descriptor's digits are zeros when unset. */
function formatDate(digits: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)/.exec(digits);
  if (match === null || match[1] === '0000') return 'unknown';
  return `${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]}`;
}

/** Bytes for a person, with the exact number where it matters. */
export function formatSize(bytes: number): string {
  const mebi = bytes / (1024 * 1024);
  return mebi < 1 ? `${bytes} bytes` : `${mebi.toFixed(1)} MiB`;
}
