import { readAssignments } from '../../render/assignments.ts';
import { makeIssue } from '../../report/codes.ts';
import { planAssignments } from './files.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

export const XEN_DEFAULTS_PATH = '/etc/default/xen';
export const XENDOMAINS_PATH = '/etc/default/xendomains';

/** What happens to guests when dom0 goes down, and where their consoles are kept. */
export const planXenServices: Dom0Part = (request) => [
  ...listOldToolstack(request),
  planAssignments(request, {
    id: 'guests-at-shutdown',
    area: 'xen',
    title:
      request.site.host.dom0.guestsAtShutdown === 'save'
        ? 'guests are saved when dom0 goes down, and restored'
        : 'guests are shut down cleanly when dom0 goes down',
    path: XENDOMAINS_PATH,
    values: listXendomainsValues(request),
    apply: [],
  }),
  planAssignments(request, {
    id: 'guest-consoles',
    area: 'xen',
    title: 'consoles of guests are kept in /var/log/xen/console',
    path: XEN_DEFAULTS_PATH,
    // xenconsoled(8): --log=guest writes guest-NAME.log. It is read when xenconsoled starts, which is at boot.
    values: { XENCONSOLED_ARGS: request.site.host.dom0.guestConsoles ? '--log=guest' : '' },
    apply: [{ do: 'make-directory', path: '/var/log/xen/console', mode: 0o755 }],
  }),
];

function listXendomainsValues({ site }: Dom0Request): Record<string, string> {
  return site.host.dom0.guestsAtShutdown === 'save'
    ? { XENDOMAINS_SAVE: '/var/lib/xen/save', XENDOMAINS_RESTORE: 'true', XENDOMAINS_AUTO: '/etc/xen/auto' }
    : { XENDOMAINS_SAVE: '', XENDOMAINS_RESTORE: 'false', XENDOMAINS_AUTO: '/etc/xen/auto' };
}

function listOldToolstack({ facts }: Dom0Request): Dom0Item[] {
  const value = readAssignments(facts.files[XEN_DEFAULTS_PATH]?.text ?? '').TOOLSTACK;
  if (value === undefined) return [];
  const issue = makeIssue('RL1412', { value });
  return [
    { id: 'toolstack', area: 'xen', title: issue.message, state: 'note', detail: XEN_DEFAULTS_PATH, issue },
  ];
}
