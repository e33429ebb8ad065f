import { makeIssue } from '../../report/codes.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

const MIB = 1024 ** 2;
const SHARED = { id: 'running-xen', area: 'xen', title: 'this machine runs under Xen as Domain-0' } as const;

/** The proof after the reboot: Domain-0 in `xl list`, the version and what Xen can run, and dom0's size as wanted. */
export const checkRunningXen: Dom0Part = (request) => [checkXen(request)];

function checkXen({ facts, site }: Dom0Request): Dom0Item {
  const { xen } = facts;
  if (xen === undefined) {
    const isInstalled = facts.installed.includes('xen-system-amd64');
    const suggestion = isInstalled
      ? 'reboot; the boot menu’s default is Xen'
      : 'relight dom0 setup, then reboot';
    const issue = makeIssue('RL1413', {
      detail: '/proc/xen/capabilities does not say control_d',
      suggestion,
    });
    return { ...SHARED, state: 'reboot', detail: 'not yet', issue };
  }
  if (xen.dom0 === undefined) {
    const detail = xen.problem ?? 'xl does not answer';
    const issue = makeIssue('RL0771', { command: 'xl list', detail });
    return { ...SHARED, state: 'broken', detail, issue };
  }
  const { dom0, version, capabilities, commandLine } = xen;
  const wanted = Math.floor(site.host.dom0.memoryBytes / MIB);
  const found = `Xen ${version}, Domain-0 with ${dom0.memoryMiB} MiB and ${dom0.vcpus} vcpus; ${capabilities.join(' ')}`;
  if (!commandLine.includes(`dom0_mem=${wanted}M,max:${wanted}M`)) {
    const detail = `Xen was started with other sizes of dom0 than wanted: ${commandLine || 'none given'}`;
    return {
      ...SHARED,
      state: 'reboot',
      detail,
      issue: makeIssue('RL1413', { detail, suggestion: 'reboot' }),
    };
  }
  return { ...SHARED, state: 'ok', detail: found };
}
