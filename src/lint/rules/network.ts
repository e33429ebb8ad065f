import { isIPv6 } from 'node:net';
import type { Issue } from '../../report/issue.ts';
import { isNetmask, parseAddress4, prefixOfNetmask } from '../address-numbers.ts';
import { answerOf, type LintContext, placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';

/** NETCFG_NAMESERVERS_MAX in netcfg.h. */
const MOST_NAME_SERVERS = 4;

export const findBadAddresses: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    const place = () => placeOf(context, entry);
    switch (question.name) {
      case 'netcfg/get_ipaddress':
        return value === '' || isAddress(value.replace(/\/\d{1,3}$/, ''))
          ? []
          : [report('RL5203', place(), { value, suggestion: 'for example 192.0.2.10 or 192.0.2.10/24' })];
      case 'netcfg/get_gateway':
        if (value === '') return [report('RL5224', place(), {})];
        return value === 'none' || isAddress(value)
          ? []
          : [report('RL5203', place(), { value, suggestion: 'write one address, or none' })];
      case 'netcfg/get_pointopoint':
        return value === '' || isAddress(value) ? [] : [report('RL5203', place(), { value, suggestion: '' })];
      case 'netcfg/get_netmask':
        return value === '' || isNetmask(value) ? [] : [report('RL5204', place(), { value })];
      case 'netcfg/get_nameservers':
        return judgeNameServers(context, entry);
      default:
        return [];
    }
  });

function judgeNameServers(context: LintContext, entry: Entry): Issue[] {
  const words = [...entry.value.text.matchAll(/\S+/g)];
  const bad = words.filter((match) => !isAddress(match[0]));
  const issues: Issue[] = bad.map((match) => {
    const suggestion = match[0].includes(',') ? 'separate name servers by a blank' : '';
    const place = placeOf(context, entry, entry.value, match.index, match[0].length);
    return report('RL5203', place, { value: match[0], suggestion });
  });
  if (words.length > MOST_NAME_SERVERS) {
    issues.push(report('RL5205', placeOf(context, entry), { limit: MOST_NAME_SERVERS }));
  }
  return issues;
}

function isAddress(value: string): boolean {
  return parseAddress4(value) !== undefined || isIPv6(value);
}

export const findGatewayOutside: Rule = (context) => {
  const entry = context.answers.get('netcfg/get_gateway');
  const [host = '', prefixText] = (answerOf(context, 'netcfg/get_ipaddress') ?? '').split('/');
  const netmask = answerOf(context, 'netcfg/get_netmask');
  const prefix = prefixText === undefined ? prefixOfNetmask(netmask ?? '') : Number(prefixText);
  const address = parseAddress4(host);
  const gateway = parseAddress4(entry?.value.text ?? '');
  if (entry === undefined || address === undefined || gateway === undefined || prefix === undefined)
    return [];
  // A /32 is configured with a route on the link itself.
  if (prefix === 32 || prefix < 1 || prefix > 32) return [];
  const size = 2 ** (32 - prefix);
  if (Math.floor(address / size) === Math.floor(gateway / size)) return [];
  return [
    report('RL5206', placeOf(context, entry), { value: entry.value.text, subnet: `${host}/${prefix}` }),
  ];
};

export const findBadHostNames: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    const isHost = question.name === 'netcfg/get_hostname' || question.name === 'netcfg/hostname';
    const labels = value.split('.');
    if (value === '') return [];
    if (isHost && !labels.every(isLabel)) return [report('RL5207', placeOf(context, entry), { value })];
    const isDomain = question.name === 'netcfg/get_domain';
    return isDomain && !labels.every(isLabel) ? [report('RL5208', placeOf(context, entry), { value })] : [];
  });

function isLabel(label: string): boolean {
  return /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label);
}

/** systemd.net-naming-scheme(7): the installer's udev names interfaces as the installed system does. */
export const findBadInterfaces: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    if (question.name !== 'netcfg/choose_interface' || !/^(eth|wlan)\d+$/.test(value)) return [];
    return [report('RL5225', placeOf(context, entry), { value })];
  });

export const findBadMirrors: Rule = (context) =>
  context.known.flatMap(([entry, question]) => {
    const value = entry.value.text;
    const [, field] = /^mirror\/(?:https?|ftp)\/(hostname|directory|proxy)$/.exec(question.name) ?? [];
    if (field === undefined || value === '') return [];
    const place = placeOf(context, entry);
    if (field === 'hostname' && !isMirrorHost(value)) return [report('RL5218', place, { value })];
    if (field === 'directory' && !value.startsWith('/')) return [report('RL5219', place, { value })];
    const isProxy = /^(https?:\/\/)?[^\s/@]+(@[^\s/@]+)?(:\d+)?\/?$/.test(value);
    return field === 'proxy' && !isProxy ? [report('RL5220', place, { value })] : [];
  });

function isMirrorHost(value: string): boolean {
  return /^[A-Za-z0-9.-]+(:\d{1,5})?$/.test(value) || /^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(value);
}

export const findIncompleteStatic: Rule = (context) => {
  const address = context.answers.get('netcfg/get_ipaddress');
  if (address === undefined || address.value.text === '') return [];
  const issues: Issue[] = [];
  const hasPrefix = address.value.text.includes('/');
  const wanted = [
    'netcfg/get_gateway',
    'netcfg/get_nameservers',
    ...(hasPrefix ? [] : ['netcfg/get_netmask']),
  ];
  for (const name of wanted) {
    if (context.answers.has(name)) continue;
    const suggestion = name === 'netcfg/get_gateway' ? 'write "none" for no gateway' : '';
    issues.push(report('RL5305', placeOf(context, address), { name, suggestion }));
  }
  const isManual = [answerOf(context, 'netcfg/disable_autoconfig'), answerOf(context, 'netcfg/disable_dhcp')];
  if (!isManual.includes('true')) issues.push(report('RL5308', placeOf(context, address, address.name), {}));
  return issues;
};
