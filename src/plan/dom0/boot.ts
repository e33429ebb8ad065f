import { renderGrubModules, renderXenBoot } from '../../render/xen-boot.ts';
import { makeIssue } from '../../report/codes.ts';
import type { Step } from '../types.ts';
import { planFiles, signScript, signText } from './files.ts';
import type { Dom0Item, Dom0Part, Dom0Request } from './types.ts';

/** Sorts before xen.cfg of xen-hypervisor-common, which acts on what is set here. */
export const XEN_BOOT_PATH = '/etc/default/grub.d/relight-xen.cfg';
/** Sorts before the scripts that write entries. */
export const GRUB_SCRIPT_PATH = '/etc/grub.d/06_relight_xen';
export const GRUB_CONFIG_PATH = '/boot/grub/grub.cfg';
const DIVERTED = /^(?:local )?diversion (?:of|by \S+ from) (\/etc\/grub\.d\/\d+_linux_xen)\b/;

const UPDATE_GRUB: Step = { do: 'run', argv: ['update-grub'], deadline: 600 };

/** Xen as GRUB's default, dom0's memory and processors, by files of their own in /etc/default/grub.d. */
export const planBootDefault: Dom0Part = (request) => [
  ...listDiversions(request),
  planFiles(request, {
    id: 'boot-default',
    area: 'xen',
    title: 'Xen is what GRUB boots, with the memory and processors of dom0',
    files: [
      { path: XEN_BOOT_PATH, text: signText(renderBootFile(request)), mode: 0o644 },
      { path: GRUB_SCRIPT_PATH, text: signScript(renderGrubModules()), mode: 0o755 },
    ],
    apply: [UPDATE_GRUB],
    again: !isXenDefault(request),
  }),
];

function renderBootFile({ site, facts }: Dom0Request): string {
  const { memoryBytes, vcpus } = site.host.dom0;
  return renderXenBoot({ memoryBytes, vcpus, serial: findSerial(facts.kernelCommandLine) });
}

/** Old guides moved 20_linux_xen to 08_linux_xen so that it came first. It still works, and update-grub lists Xen twice. */
function listDiversions({ facts }: Dom0Request): Dom0Item[] {
  return facts.diversions.flatMap((line) => {
    const path = DIVERTED.exec(line)?.[1];
    if (path === undefined) return [];
    const issue = makeIssue('RL1411', { path });
    return [
      {
        id: 'diversion',
        area: 'xen' as const,
        title: issue.message,
        state: 'note' as const,
        detail: line,
        issue,
      },
    ];
  });
}

/** What update-grub has written: the entry of Xen is there, and it is the default. */
function isXenDefault({ facts }: Dom0Request): boolean {
  const text = facts.files[GRUB_CONFIG_PATH]?.text ?? '';
  return /^\s*multiboot2?\s.*\/xen-/m.test(text) && /set default="[^"]*with Xen hypervisor/.test(text);
}

/** The serial line that Linux prints on: Xen takes it over, else a machine without a screen would go dark. */
function findSerial(commandLine: string): { readonly port: 0 | 1; readonly speed: number } | undefined {
  const found = /(?:^|\s)console=ttyS([01])(?:,(\d+))?/.exec(commandLine);
  if (found === null) return undefined;
  return { port: found[1] === '1' ? 1 : 0, speed: Number(found[2] ?? 9600) };
}
