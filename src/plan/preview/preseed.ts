import { renderPreseed } from '../../render/preseed.ts';
import type { SecretText } from '../../render/preseed-line.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import { makePreseedRequest } from '../rebuild/preseed.ts';
import type { PlanContext } from '../rebuild/request.ts';

/**
 * The preseed with the names of its secrets in place of them.
 * @throws Failure RL0901 when the spec wants the installer and it cannot make the guest; RL0913 (status 4) for a guest
 * of another route, which need not be one that the installer can make
 */
export function previewPreseed(context: PlanContext): string {
  try {
    return showSecrets(renderPreseed(makePreseedRequest(context)));
  } catch (error) {
    const isWanted = ['installer', 'iso'].includes(context.guest.install.kind);
    if (isWanted || !(error instanceof Failure)) throw error;
    throw new Failure(
      EXIT.notReady,
      'RL0913',
      `the installer cannot make this guest: ${error.message}`,
      error.hint,
    );
  }
}

function showSecrets(content: SecretText): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : `<${part.secret}>`)).join('');
}
