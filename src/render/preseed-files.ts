import lateScript from '../../preseed/late.sh';
import unlockScript from '../../preseed/unlock.sh';
import type { UserSpec } from '../spec/types.ts';
import { requireUserName } from './access.ts';
import { renderNetworkUnits } from './network-units.ts';
import { renderPreseed } from './preseed.ts';
import { joinText, type SecretText, type SecretTextPart } from './preseed-line.ts';
import { INITRD_FOLDER, type PreseedRequest } from './preseed-request.ts';
import { refuse, requireMatch, requirePath, requireUuid } from './refuse.ts';

/** A file of the initrd overlay. All of them are root's; those that hold a secret have mode 0600. */
export interface InitrdFile {
  readonly path: string;
  readonly content: SecretText;
  /** Permission bits. */
  readonly mode: number;
}

/**
 * Everything that the installer's initrd needs besides Debian's own files: the preseed, its scripts, and what these
 * work on. Folders are not listed: whoever writes the archive adds the parents.
 * @throws Failure RL0901
 */
export function listInstallerFiles(request: PreseedRequest): InitrdFile[] {
  const { guest } = request;
  const rootDisk = guest.disks.find(({ role }) => role === 'root');
  const isLuks = rootDisk?.layout === 'luks';
  return [
    { path: '/preseed.cfg', content: renderPreseed(request), mode: 0o600 },
    script('late.sh', lateScript),
    ...(isLuks
      ? [
          script('unlock.sh', unlockScript),
          secret('disk.key', [{ secret: request.diskSecret }, { text: '\n' }]),
        ]
      : []),
    ...renderNetworkUnits(guest.nics).map((unit) =>
      plain(`network/${unit.path.replace(/^.*\//, '')}`, unit.content),
    ),
    ...listUserFiles(request),
    ...listKeyFiles(request),
    ...listSwapFile(request),
    ...(request.nonce === undefined ? [] : [plain('nonce', `${requireNonce(request.nonce)}\n`)]),
  ];
}

function listUserFiles({ guest, nameSecret }: PreseedRequest): InitrdFile[] {
  if (guest.users.length === 0) return [];
  const lines = guest.users.map((user) => `${formatUser(user)}\n`);
  // root's hash is in the preseed, which the installer blanks after use.
  const hashes = guest.users.flatMap((user): SecretTextPart[] =>
    user.password === undefined
      ? []
      : [{ text: `${user.name}:` }, { secret: nameSecret(user.name) }, { text: '\n' }],
  );
  return [plain('users', lines.join('')), ...(hashes.length === 0 ? [] : [secret('shadow', hashes)])];
}

function formatUser(user: UserSpec): string {
  const shell = requirePath('a shell', user.shell);
  return `${requireUserName(user.name)} ${shell} ${user.sudo ? 'sudo' : 'plain'}`;
}

function listKeyFiles({ guest }: PreseedRequest): InitrdFile[] {
  const accounts = [...guest.users, { name: 'root', sshKeys: guest.root.login ? guest.root.sshKeys : [] }];
  return accounts
    .filter(({ sshKeys }) => sshKeys.length > 0)
    .map(({ name, sshKeys }) =>
      plain(`keys/${requireUserName(name)}`, `${sshKeys.map(requireKey).join('\n')}\n`),
    );
}

function requireKey(key: string): string {
  return /^[\x20-\x7e]+$/.test(key) && !/^\s|\s$/.test(key)
    ? key
    : refuse('an SSH key', key, 'one line of printable characters');
}

function listSwapFile({ swap }: PreseedRequest): InitrdFile[] {
  if (swap === undefined) return [];
  const device = requireMatch('a disk', swap.device, /^\/dev\/[a-z0-9]+$/, 'such as /dev/xvdb');
  return [plain('swap', `${device} ${requireUuid('a swap area', swap.uuid)}\n`)];
}

function requireNonce(nonce: string): string {
  return requireMatch('a nonce', nonce, /^[0-9a-f]{8,64}$/, 'hexadecimal digits');
}

function script(name: string, content: string): InitrdFile {
  return { path: `${INITRD_FOLDER}/${name}`, content, mode: 0o755 };
}

function plain(name: string, content: string): InitrdFile {
  return { path: `${INITRD_FOLDER}/${name}`, content, mode: 0o644 };
}

function secret(name: string, parts: readonly SecretTextPart[]): InitrdFile {
  return { path: `${INITRD_FOLDER}/${name}`, content: joinText(parts), mode: 0o600 };
}
