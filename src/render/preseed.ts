import { QUESTION_RELEASES } from '../release/preseed-questions.ts';
import type { PreseedExtra } from '../spec/types.ts';
import { listAccountAnswers } from './preseed-accounts.ts';
import {
  formatAnswer,
  joinText,
  type PreseedAnswer,
  type SecretText,
  type SecretTextPart,
} from './preseed-line.ts';
import { listNetworkAnswers } from './preseed-network.ts';
import { listPackageAnswers } from './preseed-packages.ts';
import { listPartitionAnswers } from './preseed-partitions.ts';
import type { PreseedRequest } from './preseed-request.ts';
import {
  listBootAnswers,
  listClockAnswers,
  listFinishAnswers,
  listHardwareAnswers,
  listLocaleAnswers,
} from './preseed-system.ts';
import { refuse } from './refuse.ts';

/** The spec's own lines. None of them is a question that relight answers: `check` refuses those. */
function listExtraAnswers(extras: readonly PreseedExtra[]): PreseedAnswer[] {
  return extras.map(({ owner, question, type, value }, index) => ({
    ...{ owner, name: question, type, value, path: `preseed[${index}]` },
  }));
}

/** The headings of a preseed, in the order in which the installer asks. */
type Section = readonly [title: string, answers: readonly PreseedAnswer[]];

/**
 * Writes the preseed of a guest: an answer to every question that the installer of its suite would ask at priority
 * critical, for the file /preseed.cfg of the initrd (never with `auto=true`, which would skip locale and keyboard).
 * A comment `#: PATH` names the spec's path that caused the answers below it.
 * @throws Failure RL0901 for a value that cannot be written so that it is read back unchanged
 */
export function renderPreseed(request: PreseedRequest): SecretText {
  const { suite } = request.guest;
  if (!QUESTION_RELEASES.includes(suite))
    refuse('a suite', suite, `one of ${QUESTION_RELEASES.join(', ')} for the installer`);
  const file = request.guest.file.replaceAll(/[^\x21-\x7e]/g, '?');
  const head = { text: `#_preseed_V1\n# Written by relight from ${file}\n` };
  return joinText([head, ...listSections(request).flatMap(formatSection)]);
}

/** The answers alone, in order. @throws Failure RL0901 */
export function listAnswers(request: PreseedRequest): PreseedAnswer[] {
  return listSections(request).flatMap(([, answers]) => answers);
}

function listSections(request: PreseedRequest): readonly Section[] {
  const { guest } = request;
  return [
    ['Language and keyboard', listLocaleAnswers(guest)],
    ['Hardware', listHardwareAnswers(request)],
    ['Network of the installer; the late script configures all nics', listNetworkAnswers(guest)],
    ['Clock', listClockAnswers(guest)],
    ['Accounts; the late script makes the users', listAccountAnswers(request)],
    ['Partitions', listPartitionAnswers(request)],
    ['Mirror and packages', listPackageAnswers(request)],
    ['Boot loader', listBootAnswers(request)],
    ...(guest.preseed.length === 0
      ? []
      : [['Further answers of the spec', listExtraAnswers(guest.preseed)] as const]),
    ['End', listFinishAnswers()],
  ];
}

function formatSection([title, answers]: Section): readonly SecretTextPart[] {
  const parts: SecretTextPart[] = [{ text: `\n# ${title}\n` }];
  // An empty path comment ends the one before it.
  let path: string | undefined;
  let isFirst = true;
  for (const answer of answers) {
    if (answer.path !== path || isFirst)
      parts.push({ text: answer.path === undefined ? '#:\n' : `#: ${answer.path}\n` });
    path = answer.path;
    isFirst = false;
    parts.push(...formatAnswer(answer));
  }
  return parts;
}
