import { pack } from 'tar-stream';
import type { OverlayEntry } from '../../plan/types.ts';
import { buildPlainChrootArgv } from '../../tools/chroot.ts';
import { readBytesFile } from '../files.ts';
import { type Runner, requireSuccess } from '../runner.ts';
import type { SecretStore } from '../secrets.ts';

/** The largest file of a site that goes into a guest. */
const LARGEST_FILE = 256 * 1024 * 1024;

/**
 * Puts files into a root filesystem by GNU tar inside it: it resolves owners by the guest's own names and follows the
 * guest's links as the guest would, so that none leads out. The archive exists on a pipe only, since it holds keys.
 */
export async function unpackOverlay(
  runner: Runner,
  root: string,
  entries: readonly OverlayEntry[],
  secrets: SecretStore,
): Promise<void> {
  if (entries.length === 0) return;
  const stdin = await packOverlay(entries, secrets);
  const command = [
    ...['tar', '--extract', '--file=-', '--directory=/', '--preserve-permissions', '--same-owner'],
    ...['--keep-directory-symlink', '--no-overwrite-dir', '--touch'],
  ];
  requireSuccess(
    await runner.run({ argv: buildPlainChrootArgv(root, command), stdin, deadlineSeconds: 300 }),
  );
}

/** The entries as a tar archive, directories first as given. */
export async function packOverlay(entries: readonly OverlayEntry[], secrets: SecretStore): Promise<Buffer> {
  const archive = pack();
  for (const entry of entries) {
    const header = {
      name: entry.path.replace(/^\/+/, ''),
      mode: entry.mode,
      uname: entry.owner,
      gname: entry.group,
      // GNU tar takes the name where it is known; nobody, should it not be: then the end-state check fails.
      ...(entry.owner === 'root' ? { uid: 0, gid: 0 } : { uid: 65534, gid: 65534 }),
      mtime: new Date(0),
    };
    if (entry.body.kind === 'directory') archive.entry({ ...header, type: 'directory' });
    else if (entry.body.kind === 'link') {
      archive.entry({ ...header, type: 'symlink', linkname: entry.body.target });
    } else archive.entry({ ...header, type: 'file' }, readBody(entry.body, secrets));
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function readBody(
  body: Extract<OverlayEntry['body'], { kind: 'content' | 'host-file' }>,
  secrets: SecretStore,
): Buffer {
  return body.kind === 'host-file'
    ? readBytesFile(body.path, LARGEST_FILE)
    : Buffer.from(secrets.resolve(body.content), 'utf8');
}
