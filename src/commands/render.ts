import { resolve } from 'node:path';
import { type PreviewFile, previewFiles } from '../plan/preview/catalogue.ts';
import { isWhat, WHATS, type What } from '../plan/preview/names.ts';
import type { PreviewRequest } from '../plan/preview/request.ts';
import { EXIT, type ExitStatus, Failure } from '../report/failure.ts';
import { describeErrno, makeDirectory, writeFileAtomically } from '../run/files.ts';
import { suggestNearest } from '../spec/nearest.ts';
import type { CommandContext } from './context.ts';
import { findHostMirrors } from './host-mirrors.ts';
import { loadSite, requireGuest } from './load-site.ts';

export interface RenderOptions {
  readonly site?: string;
  readonly what?: readonly string[];
  readonly output?: string;
  readonly json?: boolean;
}

/** The version of `relight render --json`. */
const JSON_VERSION = 1;

/** `relight render NAME`: prints what a rebuild would write, or puts it into a directory. */
export async function runRender(
  context: CommandContext,
  name: string,
  options: RenderOptions,
): Promise<ExitStatus> {
  const wanted = (options.what ?? []).map(requireWhat);
  const { site, guest } = requireGuest(context, loadSite(context, options.site), name);
  const isSourcesWanted = wanted.length === 0 || wanted.includes('sources') || wanted.includes('preseed');
  const mirrors = isSourcesWanted ? await findHostMirrors(context) : undefined;
  const request: PreviewRequest = { site, guest, mirrors, relightVersion: RELIGHT_VERSION };
  const files = wanted.length > 0 ? collect(wanted, request) : collectAll(context, request);
  if (options.output !== undefined) writeFiles(context, options.output, files);
  if (options.json === true) context.print(formatJson(name, files));
  else if (options.output === undefined) context.print(formatText(files, wanted.length === 1));
  return EXIT.done;
}

function requireWhat(name: string): What {
  if (isWhat(name)) return name;
  const hint = suggestNearest(name, WHATS, `known: ${WHATS.join(', ')}`);
  throw new Failure(EXIT.usage, 'RL0910', `--what ${JSON.stringify(name)} is not known`, hint);
}

function collect(wanted: readonly What[], request: PreviewRequest): PreviewFile[] {
  return WHATS.filter((what) => wanted.includes(what)).flatMap((what) => previewFiles(what, request));
}

/** Whoever asks for everything gets what this machine can tell, and a word about the rest. */
function collectAll(context: CommandContext, request: PreviewRequest): PreviewFile[] {
  return WHATS.flatMap((what) => {
    try {
      return previewFiles(what, request);
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== EXIT.notReady) throw error;
      context.say(`${what} left out: ${error.message}\n`);
      return [];
    }
  });
}

function writeFiles(context: CommandContext, output: string, files: readonly PreviewFile[]): void {
  const directory = resolve(context.workingDirectory, output);
  try {
    makeDirectory(directory, 0o755);
    for (const { file, content, mode } of files) {
      writeFileAtomically(`${directory}/${file}`, content, mode);
      context.say(`${directory}/${file}\n`);
    }
  } catch (error) {
    const hint = 'name a directory that you may write to';
    throw new Failure(EXIT.failed, 'RL0912', `${directory} cannot be written: ${describeErrno(error)}`, hint);
  }
}

function formatText(files: readonly PreviewFile[], isOneKind: boolean): string {
  if (isOneKind && files.length === 1) return files[0]?.content ?? '';
  const blocks = files.map((file) => `${formatHead(file)}\n${file.content}`);
  return blocks.join('\n');
}

/** A comment in every one of the formats but JSON. */
function formatHead({ what, place, path, mode }: PreviewFile): string {
  return `# ==> ${what}: ${place === 'guest' ? 'in the guest' : 'on the host'} ${path} (${formatMode(mode)}) <==`;
}

function formatMode(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function formatJson(guest: string, files: readonly PreviewFile[]): string {
  const listed = files.map((file) => ({ ...file, mode: formatMode(file.mode) }));
  return `${JSON.stringify({ version: JSON_VERSION, guest, files: listed }, undefined, 2)}\n`;
}
