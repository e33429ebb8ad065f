import { LEAST_RAID_DISKS } from '../../release/raid-levels.ts';
import { placeOf, type Rule, report } from '../context.ts';
import type { Entry } from '../entry.ts';

const LEVELS: ReadonlySet<string> = new Set(Object.keys(LEAST_RAID_DISKS));

/** `level devices spares filesystem mountpoint dev#dev [spare#spare] [argument#argument] .` (auto-raidcfg). */
export const findBadRaidRecipe: Rule = (context) => {
  const entry = context.answers.get('partman-auto-raid/recipe');
  if (entry === undefined || entry.value.text === '') return [];
  const problems = judgeRecipes(entry);
  return problems.map((detail) => report('RL5420', placeOf(context, entry), { detail }));
};

function judgeRecipes(entry: Entry): string[] {
  const parts = entry.value.text.split('.');
  const rest = parts.pop()?.trim() ?? '';
  const problems = rest === '' ? [] : ['it does not end with a full stop, or a device has one in its name'];
  if (problems.length > 0) return problems;
  return parts.flatMap((part) => {
    const [level = '', devices = '', spares = '', filesystem = '', mount = '', names = ''] = part
      .trim()
      .split(/\s+/);
    if (!LEVELS.has(level)) return [`"${level}" is not a level of ${[...LEVELS].join(', ')}`];
    if (!/^\d+$/.test(devices) || !/^\d+$/.test(spares))
      return ['the counts of devices and spares are numbers'];
    if (filesystem === '' || mount === '' || names === '')
      return ['file system, mount point or devices are missing'];
    const least = LEAST_RAID_DISKS[Number(level)] ?? 2;
    if (Number(devices) < least) return [`level ${level} needs ${least} devices`];
    const bad = names.split('#').find((name) => !/^(\/dev\/\S+|raidid=\S+)$/.test(name));
    return bad === undefined ? [] : [`"${bad}" is not a device`];
  });
}
