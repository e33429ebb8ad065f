import { OVERLAY_PATH } from '../manifest.ts';
import type { Unattended } from './entries.ts';
import type { RemasterRequest } from './request.ts';

/** The first line of a menu that relight wrote. */
export const MENU_MARK = '# written by relight';
/** What the original menu is kept as, beside the new one. */
export const ORIGINAL_NAME = 'original.cfg';

/** The title of an entry says what will happen. */
function formatTitle(request: RemasterRequest, entry: Unattended): string {
  const variant = entry.id === 'text' ? '' : ` [${entry.id}]`;
  return `Install ${request.guest}${variant} without questions, erases ${request.erases}`;
}

function formatArguments(request: RemasterRequest): string {
  return [...request.installerArguments, '---', ...request.targetArguments].join(' ');
}

/**
 * The menu of ISOLINUX. The overlay comes before the installer's initrd: it is not compressed, and both are archives
 * that the kernel unpacks one after the other (early-userspace/buffer-format.rst).
 */
export function formatIsolinuxMenu(request: RemasterRequest, entries: readonly Unattended[]): string {
  const blocks = entries.map((entry, index) => [
    `label relight-${entry.id}`,
    `\tmenu label ${formatTitle(request, entry)}`,
    ...(index === 0 ? ['\tmenu default'] : []),
    `\tkernel ${entry.kernel}`,
    `\tappend initrd=${OVERLAY_PATH},${entry.initrd} ${formatArguments(request)}`,
  ]);
  const lines = [
    MENU_MARK,
    'serial 0 115200',
    'path ',
    'prompt 0',
    // In tenths of a second.
    `timeout ${request.menuSeconds * 10}`,
    'default vesamenu.c32',
    `menu title relight: Debian for ${request.guest}`,
    'menu width 78',
    'menu margin 0',
    // Empty rows would be sent down the serial line, too.
    `menu rows ${entries.length + 1}`,
    `menu autoboot ${request.guest} is installed in # second{,s}. Press a key to stop.`,
    ...blocks.flat(),
    'label original',
    '\tmenu label The original menu of the image',
    `\tconfig ${ORIGINAL_NAME}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The menu of GRUB, for UEFI. `directory` is where the original menu is kept. */
export function formatGrubMenu(
  request: RemasterRequest,
  entries: readonly Unattended[],
  directory: string,
): string {
  const blocks = entries.map((entry) => [
    `menuentry '${formatTitle(request, entry)}' --id relight-${entry.id} {`,
    `    linux  ${entry.kernel} ${formatArguments(request)}`,
    `    initrd ${OVERLAY_PATH} ${entry.initrd}`,
    '}',
  ]);
  const lines = [
    MENU_MARK,
    `set default=relight-${entries[0]?.id ?? 'text'}`,
    'set timeout_style=menu',
    `set timeout=${request.menuSeconds}`,
    ...blocks.flat(),
    "menuentry 'The original menu of the image' --id original {",
    `    configfile ${directory}/${ORIGINAL_NAME}`,
    '}',
  ];
  return `${lines.join('\n')}\n`;
}
