import { dirname, join } from 'node:path/posix';
import type { ImportFact, SourceFacts } from './read-source.ts';
import {
  FOLDER_RULES,
  GLOBAL_RULES,
  IMPURE_NAMES,
  MAXIMUM_LINES,
  MODULE_RULES,
  PURE_FOLDERS,
  PURE_NAMES,
} from './rules.ts';

/** Texts and data that the bundle takes in; they are no code. */
const DATA_FILE = /\.(sh|hbs|service|json)$/;

/** Every break of a rule in one file: place, what is wrong, why the rule is there. */
export function judgeSource(facts: SourceFacts): string[] {
  const broken = (line: number, what: string, reason: string) =>
    `src/${facts.path}:${line}: ${what} (${reason})`;
  const found: string[] = [];
  for (const fact of facts.imports) {
    const fault = fact.module.startsWith('.') ? judgeFolder(facts, fact) : judgeModule(facts, fact);
    if (fault !== undefined) found.push(broken(fact.line, fault.what, fault.reason));
  }
  for (const { names, only, reason } of GLOBAL_RULES) {
    if (only.includes(facts.folder)) continue;
    for (const use of facts.globals.filter(({ name }) => names.includes(name))) {
      found.push(broken(use.line, `${facts.folder} may not use ${use.name}`, reason));
    }
  }
  if (PURE_FOLDERS.includes(facts.folder)) {
    for (const use of facts.clockAndChance) {
      found.push(broken(use.line, `${facts.folder} may not use ${use.text}`, 'clock and chance are inputs'));
    }
  }
  for (const { line, text } of facts.badExports) {
    found.push(broken(line, `'${text}'`, 'named exports only: one name for one thing in the whole program'));
  }
  if (facts.lines > MAXIMUM_LINES) {
    found.push(
      broken(facts.lines, `${facts.lines} lines, ${MAXIMUM_LINES} at most`, 'split by kind of work'),
    );
  }
  return found;
}

interface Fault {
  readonly what: string;
  readonly reason: string;
}

function judgeFolder(facts: SourceFacts, fact: ImportFact): Fault | undefined {
  const target = join(dirname(facts.path), fact.module);
  if (DATA_FILE.test(target)) return undefined;
  const rule = FOLDER_RULES[facts.folder];
  if (rule === undefined)
    return { what: `folder ${facts.folder} has no rule`, reason: 'add one, with its reason' };
  if (target.startsWith('..'))
    return { what: `imports ${target}`, reason: 'code outside src is no part of it' };
  const folder = target.includes('/') ? target.slice(0, target.indexOf('/')) : target;
  if (folder === facts.folder || rule.values.includes(folder)) return undefined;
  if (rule.types.includes(folder)) {
    if (fact.typeOnly) return undefined;
    return { what: `${facts.folder} may import only types of ${folder}`, reason: rule.reason };
  }
  return { what: `${facts.folder} may not import ${folder}`, reason: rule.reason };
}

function judgeModule(facts: SourceFacts, fact: ImportFact): Fault | undefined {
  if (fact.typeOnly) return undefined;
  if (fact.module === '(computed)') return { what: 'a computed import', reason: 'it could be any module' };
  const impure = IMPURE_NAMES[fact.module];
  if (impure !== undefined && !impure.only.includes(facts.folder)) {
    const names = fact.names.filter((name) => name === '*' || impure.names.includes(name));
    if (names.length > 0) {
      return { what: `${facts.folder} may not import ${names} of ${fact.module}`, reason: impure.reason };
    }
  }
  if (fact.names.length > 0 && fact.names.every((name) => PURE_NAMES[fact.module]?.names.includes(name))) {
    return undefined;
  }
  const rule = MODULE_RULES.find(({ modules }) => modules.test(fact.module));
  if (rule === undefined || rule.only === facts.folder) return undefined;
  return { what: `only ${rule.only} may import ${fact.module}`, reason: rule.reason };
}
