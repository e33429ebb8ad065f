import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { makeJsonSchemas } from '../../../src/spec/json-schema.ts';

/** RELIGHT_UPDATE_GOLDEN=1 writes the files of schema/ anew. */
const FOLDER = new URL('../../../schema/', import.meta.url).pathname;
const schemas = makeJsonSchemas();

describe('the published JSON Schema is fresh', () => {
  test.each([...schemas])('%s', (file, text) => {
    if (process.env.RELIGHT_UPDATE_GOLDEN === '1') writeFileSync(FOLDER + file, text);
    expect(readFileSync(FOLDER + file, 'utf8')).toBe(text);
  });
});

test('it says what an editor needs: keys, choices, patterns, descriptions', () => {
  const guest = JSON.parse(schemas.get('guest.schema.json') ?? '');
  expect(guest.$schema).toBe('http://json-schema.org/draft-07/schema#');
  expect(guest.additionalProperties).toBe(false);
  expect(guest.properties.guest.enum).toEqual(['pv', 'pvh', 'hvm']);
  expect(new RegExp(guest.properties.memory.pattern).test('2GiB')).toBe(true);
  expect(new RegExp(guest.properties.memory.pattern).test('2')).toBe(false);
  expect(guest.properties.memory.description).toBe('such as 2GiB');
  expect(guest.properties.checks.items.oneOf).toEqual([{ required: ['port'] }, { required: ['http'] }]);
  const site = JSON.parse(schemas.get('site.schema.json') ?? '');
  expect(site.required).toEqual(['relight']);
});
