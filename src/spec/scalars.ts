import { z } from 'zod';
import { parseCidr, parseIp, parseIpv4, parseIpv6 } from './address.ts';
import { DURATION_PATTERN } from './duration.ts';
import { rule, text } from './rule-text.ts';
import { SIZE_PATTERN } from './size.ts';
import { findSshKeyFault, SSH_KEY_PATTERN } from './ssh-key.ts';
import { isTimeZone } from './time-zone.ts';

/** The allow-lists of single values. What passes here may reach a file format, a command line or a host name. */

/** A host name label that is no number (xl reads a number as a domain id), no name that LVM reserves, and not dom0. */
export const guestName = text(/^(?!snapshot|pvmove|dom0$)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'RL2101');
export const networkName = text(/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/, 'RL2103');
/** Without "-", so that the volume names `a-b` + `c` and `a` + `b-c` can never be the same. */
export const diskName = text(/^[a-z][a-z0-9]{0,15}$/, 'RL2129');
export const fragmentName = text(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'RL2130');
/** IFNAMSIZ is 16 with its final NUL; "." and ".." are no names. */
export const interfaceName = text(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}$/, 'RL2104');
/** lvm(8), VALID NAMES. */
export const lvmName = text(/^[A-Za-z0-9+_][A-Za-z0-9+_.-]{0,125}$/, 'RL2127');
/** Debian Policy 5.6.1; a "-" at the end would make apt remove the package. */
export const packageName = text(/^[a-z0-9][a-z0-9+.-]*[a-z0-9+.]$/, 'RL2105');
/** adduser(8) and useradd(8). */
export const userName = text(/^[a-z_][a-z0-9_-]{0,31}$/, 'RL2113');
export const ownerName = text(/^[a-z_][a-z0-9_-]{0,31}$/, 'RL2115');
export const environmentName = text(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'RL2132');

export const size = z.string({ error: rule('RL2102') }).regex(SIZE_PATTERN, { error: rule('RL2102') });
export const duration = z
  .string({ error: rule('RL2138') })
  .regex(DURATION_PATTERN, { error: rule('RL2138') });
export const locale = text(
  /^(?:C|POSIX|C\.UTF-8|[a-z]{2,3}(?:_[A-Z]{2})?(?:\.[A-Za-z0-9-]{1,16})?(?:@[a-z]{1,16})?)$/,
  'RL2106',
);
export const timezone = text(
  /^[A-Z][A-Za-z0-9_+-]{0,31}(?:\/[A-Za-z0-9][A-Za-z0-9_+-]{0,31}){0,2}$/,
  'RL2107',
).refine(isTimeZone, { error: rule('RL2139') });
export const keyboard = text(/^[a-z][a-z0-9-]{1,31}$/, 'RL2108');

const HOST = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\\[[0-9a-fA-F:]{2,39}\\])';
const URL_TEXT = `https?:\\/\\/${HOST}(?::[0-9]{1,5})?(?:\\/[A-Za-z0-9._~%+,:@=&?\\/-]{0,1000})?`;
export const url = text(new RegExp(`^${URL_TEXT}$`), 'RL2109');
/** `host`: the mirrors of this machine's own apt. */
export const mirror = text(new RegExp(`^(?:host|${URL_TEXT})$`), 'RL2109');
export const hostAndPort = text(new RegExp(`^${HOST}:[1-9][0-9]{0,4}$`), 'RL2128').refine(
  (value) => Number(value.slice(value.lastIndexOf(':') + 1)) <= 65535,
  { error: rule('RL2128') },
);

const PATH_PART = '[A-Za-z0-9._@%+=:,-]{1,255}';
/** No part is "." or "..". */
const PLAIN_PARTS = `(?!(?:.*\\/)?\\.{1,2}(?:\\/|$))`;
export const guestPath = text(new RegExp(`^${PLAIN_PARTS}(?:\\/${PATH_PART}){1,32}$`), 'RL2117');
export const mountPath = text(new RegExp(`^\\/$|^${PLAIN_PARTS}(?:\\/${PATH_PART}){1,32}$`), 'RL2117');
export const hostPath = text(new RegExp(`^${PLAIN_PARTS}(?:\\/${PATH_PART}){1,32}$`), 'RL2133');
export const sitePath = text(
  new RegExp(`^${PLAIN_PARTS}(?!-)${PATH_PART}(?:\\/${PATH_PART}){0,31}$`),
  'RL2118',
);
export const shell = text(/^(?:\/[A-Za-z0-9_-]{1,32}){1,6}$/, 'RL2114');
export const mode = text(/^0?[0-7]{3}$|^[0-7]{4}$/, 'RL2116');

/** Any text but control characters; line feed and tab are allowed. */
const PLAIN_TEXT = /^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]*$/u;
export const plainText = text(PLAIN_TEXT, 'RL2119');
export const command = text(
  /^(?=[\s\S]*\S)[^\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]+$/u,
  'RL2120',
);
export const recipe = text(/^[\n -~]{1,10000}$/, 'RL2135');

/**
 * A line of a preseed that stands for itself: `owner question type value`, without a comment, and without a backslash at
 * the end, which would make the next line part of it.
 */
export const preseedLine = text(
  /^(?!#)[^\s\p{C}]+ +[^\s\p{C}]+ +(?:boolean|string|select|multiselect|password|note)(?: +(?:[^\p{C}\u2028\u2029]*[^\s\p{C}\\])?)?$/u,
  'RL1211',
);

export const sshKey = z
  .string()
  .superRefine((value, context) => {
    const detail = findSshKeyFault(value);
    if (detail !== undefined) context.addIssue({ code: 'custom', message: rule('RL2110', { detail }) });
  })
  .meta({ pattern: SSH_KEY_PATTERN.source });

/** crypt(5); what has no `$` in front is taken for clear text. Weak methods ($1$, DES) are refused. */
const HASH_PATTERN = /^\$(?:y|gy|7|6|5|2[aby])\$[A-Za-z0-9./$=,]{8,384}$/;
export const passwordHash = z.string({ error: rule('RL2111') }).regex(HASH_PATTERN, {
  error: (issue) => rule(String(issue.input).startsWith('$') ? 'RL2112' : 'RL2111'),
});

/** Six bytes, unicast (the lowest bit of the first is clear), not all zero. */
export const mac = text(/^(?!00(?::00){5}$)[0-9a-fA-F][02468aceACE](?::[0-9a-fA-F]{2}){5}$/, 'RL2121');
export const uuid = text(/^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/, 'RL2122');

export const address4 = z.string().refine((value) => value === 'dhcp' || parseCidr(value)?.family === 4, {
  error: rule('RL2123'),
});
export const address6 = z.string().refine((value) => value === 'auto' || parseCidr(value)?.family === 6, {
  error: rule('RL2124'),
});
export const ipv4 = z.string().refine((value) => parseIpv4(value) !== undefined, {
  error: rule('RL2125', { expected: 'an IPv4 address' }),
});
export const ipv6 = z.string().refine((value) => parseIpv6(value) !== undefined, {
  error: rule('RL2125', { expected: 'an IPv6 address' }),
});
export const ip = z.string().refine((value) => parseIp(value) !== undefined, {
  error: rule('RL2125', { expected: 'an IP address' }),
});
