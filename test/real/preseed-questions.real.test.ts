import { describe, expect, test } from 'vitest';
import { BORROWED_COMPONENTS, findQuestion, listQuestionNames } from '../../src/release/preseed-questions.ts';
import { fetchInitrd } from '../support/installer-root.ts';
import {
  fetchComponentTemplates,
  readInitrdTemplates,
  type Template,
} from '../support/installer-templates.ts';
import type { LookalikeSuite } from '../support/netinst-packages.ts';

// Needs cpio, dpkg-deb, and the packages debian-installer-12-netboot-amd64 and -13-.

/** Components of the table that the installer has or fetches; those of the installed system are no components. */
function listComponents(suite: LookalikeSuite): string[] {
  const questions = listQuestionNames().flatMap((name) => findQuestion(name, suite) ?? []);
  const borrowed = BORROWED_COMPONENTS[suite] ?? [];
  const names = questions.filter((question) => !question.target).map((question) => question.package);
  return [...new Set(names)].filter((name) => !borrowed.includes(name)).sort();
}

function compareWithTable(templates: ReadonlyMap<string, Template>, suite: LookalikeSuite): number {
  const asked = [...templates].filter(([, fields]) => !['text', 'title'].includes(fields.get('Type') ?? ''));
  for (const [name, fields] of asked) {
    const question = findQuestion(name, suite);
    expect({ name, type: question?.type, default: question?.default }).toEqual({
      name,
      type: fields.get('Type'),
      default: fields.get('Default') || undefined,
    });
  }
  return asked.length;
}

describe.each([
  ['12', 'bookworm'],
  ['13', 'trixie'],
] as const)('the table of questions and the templates of Debian %s', (version, suite) => {
  test('agree on every question of the initrd', async () => {
    const templates = readInitrdTemplates(await fetchInitrd(version));
    expect(compareWithTable(templates, suite)).toBeGreaterThan(100);
  });

  // A mirror may have lost udebs of an older release: those that it has are compared.
  test('agree on every question of the components that the installer fetches', {
    timeout: 300_000,
  }, async () => {
    const { found, templates } = await fetchComponentTemplates(suite, listComponents(suite));
    expect(found).toEqual(expect.arrayContaining(['partman-auto', 'partman-base', 'pkgsel']));
    expect(compareWithTable(templates, suite)).toBeGreaterThan(100);
  });
});
