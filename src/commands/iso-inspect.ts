import { resolve } from 'node:path';
import { type Inspection, inspectImage } from '../iso/inspect.ts';
import { formatInspection, formatIssueLines } from '../iso/show.ts';
import { EXIT, type ExitStatus } from '../report/failure.ts';
import { openFileSource } from '../run/byte-source.ts';
import type { CommandContext } from './context.ts';

/** The version of the JSON that `iso inspect` prints. */
const JSON_VERSION = 1;

/** `relight iso inspect ISO`: 0 when relight can install from the image, 3 when not; it is described either way. */
export async function runIsoInspect(
  context: CommandContext,
  file: string,
  options: { readonly json?: boolean },
): Promise<ExitStatus> {
  const source = await openFileSource(resolve(context.workingDirectory, file));
  let inspection: Inspection;
  try {
    inspection = await inspectImage(source);
  } finally {
    await source.close();
  }
  if (options.json === true) {
    context.print(`${JSON.stringify({ version: JSON_VERSION, file, ...inspection }, undefined, 2)}\n`);
  } else {
    context.print(formatInspection(file, inspection));
    context.say(formatIssueLines(inspection.obstacles));
  }
  return inspection.obstacles.length === 0 ? EXIT.done : EXIT.invalid;
}
