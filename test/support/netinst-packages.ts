import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAptOptions, readArchives } from '../xen/lab/apt.ts';
import { buildOnce } from '../xen/lab/cache.ts';
import { runProgram } from '../xen/lab/process.ts';

export type LookalikeSuite = 'bookworm' | 'trixie';

export const RELEASE_NUMBER: Readonly<Record<LookalikeSuite, number>> = { bookworm: 12, trixie: 13 };

/** What a netinst is made of, and two small packages for its pool. */
function namePackages(suite: LookalikeSuite): string[] {
  return [
    `debian-installer-${RELEASE_NUMBER[suite]}-netboot-amd64`,
    'isolinux',
    'syslinux-common',
    'grub-efi-amd64-bin',
    'grub-efi-amd64-signed',
    'shim-signed',
    'debian-cd',
    'hostname',
    'debian-archive-keyring',
  ];
}

/**
 * Fetches packages of a suite with apt itself, from the archives that this machine's apt uses, through a private root
 * so that nothing of the machine's own apt changes. Hands back a directory with `debs/` and the unpacked `root/`.
 */
export async function fetchPackages(suite: LookalikeSuite, names: readonly string[]): Promise<string> {
  return buildOnce('iso-packages', { suite, names }, async (directory) => {
    const archives = await readArchives();
    const apt = join(directory, 'apt');
    for (const part of ['lists/partial', 'archives/partial', 'parts', 'preferences']) {
      mkdirSync(join(apt, part), { recursive: true });
    }
    writeFileSync(join(apt, 'status'), '');
    writeFileSync(
      join(apt, 'sources.list'),
      `deb [signed-by=${archives.keyring}] ${archives.debian} ${suite} main\n`,
    );
    const settings = [
      ...(await readAptOptions()),
      `Dir::Etc::SourceList "${apt}/sources.list"`,
      `Dir::Etc::SourceParts "${apt}/parts"`,
      `Dir::Etc::Preferences "${apt}/none"`,
      `Dir::Etc::PreferencesParts "${apt}/preferences"`,
      `Dir::State::Lists "${apt}/lists"`,
      `Dir::State::status "${apt}/status"`,
      `Dir::Cache "${apt}"`,
      'APT::Architecture "amd64"',
      'APT::Sandbox::User "root"',
      'Acquire::Languages "none"',
    ];
    writeFileSync(join(apt, 'apt.conf'), settings.map((line) => `${line};\n`).join(''));
    const withSettings = ['env', `APT_CONFIG=${apt}/apt.conf`, 'apt-get'];
    await runProgram([...withSettings, 'update']);
    const debs = join(directory, 'debs');
    mkdirSync(debs);
    await runProgram([...withSettings, 'download', ...names], { directory: debs });
    for (const deb of readdirSync(debs)) {
      await runProgram(['dpkg-deb', '-x', join(debs, deb), join(directory, 'root')]);
    }
    await runProgram(['rm', '-r', apt]);
  });
}

export function fetchLookalikePackages(suite: LookalikeSuite): Promise<string> {
  return fetchPackages(suite, namePackages(suite));
}
