import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/report/failure.ts';
import {
  buildLvcreateArgv,
  buildLvremoveArgv,
  buildLvsArgv,
  buildRetagArgv,
  buildVgsArgv,
  parseDevicesDirectory,
  parseLvmErrors,
  parseLvs,
  parseVgs,
} from '../../../src/tools/lvm.ts';

const captured = (name: string) => readFileSync(`test/captured/${name}`, 'utf8');
const UUID = 'hXmKZw-3JlH-2Wup-kYmu-gVUc-HRO2-hMo0o3';

describe('the reports of LVM 2.03.16', () => {
  it('are read', () => {
    const volumes = parseLvs(captured('lvm-lvs-2.03.16-mixed.json'));
    expect(volumes.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['foreign', 4194304],
      ['web1-root.7f3a', 20971520],
      ['web1-srv', 8388608],
    ]);
    expect(volumes[1]).toEqual({
      name: 'web1-root.7f3a',
      volumeGroup: 'relighttest',
      uuid: UUID,
      path: '/dev/relighttest/web1-root.7f3a',
      sizeBytes: 20971520,
      tags: ['relight.domu=web1', 'relight.op=7f3a', 'relight.role=root', 'relight.state=building'],
      active: false,
      open: false,
      pool: undefined,
      isPool: false,
      dataPercent: undefined,
      metadataPercent: undefined,
    });
    expect(parseVgs(captured('lvm-vgs-2.03.16-one.json'))).toEqual([
      {
        name: 'relighttest',
        uuid: '9SsmNe-pPly-XERN-MTZJ-4pya-eAw5-3XhVq3',
        sizeBytes: 205520896,
        freeBytes: 171966464,
        extentBytes: 4194304,
      },
    ]);
    expect(parseDevicesDirectory(captured('lvm-lvmconfig-2.03.16-devices-dir.txt'))).toBe('/dev');
  });

  it('are empty when there is nothing', () => {
    expect(parseLvs(captured('lvm-lvs-2.03.16-missing-volume.json'))).toEqual([]);
    expect(parseVgs(captured('lvm-vgs-2.03.16-missing.json'))).toEqual([]);
  });

  it('are read with the log that LVM 2.03.31 puts beside them', () => {
    const output = captured('lvm-lvs-2.03.31-missing-volume.json');
    expect(parseLvs(output)).toEqual([]);
    expect(parseLvmErrors(output)).toEqual(['Failed to find logical volume "contract/none"']);
    expect(parseLvmErrors(captured('lvm-lvs-2.03.16-missing-volume.json'))).toEqual([]);
    expect(parseLvmErrors('no JSON')).toEqual([]);
  });

  it('are refused when they are something else', () => {
    for (const text of ['', 'x', '{}', '[]', 'null', '{"report": 1}'])
      expect(() => parseLvs(text)).toThrow(Failure);
  });

  it('tell what is active, open and thin', () => {
    const row = (attributes: string, pool: string) =>
      parseLvs(
        JSON.stringify({ report: [{ lv: [{ lv_attr: attributes, pool_lv: pool, data_percent: '12.50' }] }] }),
      )[0];
    expect(row('-wi-ao----', '')).toMatchObject({ active: true, open: true, pool: undefined });
    expect(row('Vwi-a-tz--', 'pool')).toMatchObject({
      active: true,
      open: false,
      pool: 'pool',
      dataPercent: 12.5,
    });
  });
});

describe('the argument lists for LVM', () => {
  it('create a plain volume, wiped, and a thin one', () => {
    const wish = { group: 'vg0', name: 'web1-root.7f3a', sizeBytes: 1024, tags: ['relight.op=7f3a', 'b'] };
    expect(buildLvcreateArgv(wish).join(' ')).toBe(
      'lvcreate --yes --zero y --wipesignatures y --name web1-root.7f3a --addtag relight.op=7f3a --addtag b --size 1024b vg0',
    );
    expect(buildLvcreateArgv({ ...wish, pool: 'thin', tags: [] }).join(' ')).toBe(
      'lvcreate --yes --name web1-root.7f3a --virtualsize 1024b --thinpool thin vg0',
    );
  });

  it('remove only what matches by UUID and tag', () => {
    expect(buildLvremoveArgv('vg0', 'web1-root.7f3a', { uuid: UUID, tag: 'relight.op=7f3a' })).toEqual([
      ...['lvremove', '--yes', '--select'],
      `lv_uuid=${UUID} && lv_tags={"relight.op=7f3a"}`,
      'vg0/web1-root.7f3a',
    ]);
  });

  it('change tags and ask', () => {
    expect(buildRetagArgv('vg0', 'a', { add: ['x'], remove: ['y', 'z'] }).join(' ')).toBe(
      'lvchange --deltag y --deltag z --addtag x vg0/a',
    );
    expect(buildLvsArgv('vg0', 'a').at(-1)).toBe('vg0/a');
    expect(buildVgsArgv('vg0').at(-1)).toBe('vg0');
  });

  it('refuse names that LVM reserves, options, paths and odd sizes', () => {
    for (const name of [
      '',
      '-a',
      '.',
      '..',
      'a/b',
      'a b',
      'snapshot1',
      'pvmove0',
      'a_tdata',
      'ä',
      'a\n',
      'x'.repeat(128),
    ]) {
      expect(() => buildLvsArgv('vg0', name)).toThrow(Failure);
      expect(() => buildVgsArgv(name === 'snapshot1' ? '' : name)).toThrow(Failure);
    }
    for (const sizeBytes of [0, -512, 511, 1.5, Number.NaN, 2 ** 60]) {
      expect(() => buildLvcreateArgv({ group: 'vg0', name: 'a', sizeBytes, tags: [] })).toThrow(Failure);
    }
  });

  it('never let a tag or a UUID out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const build = () => buildLvremoveArgv('vg0', 'a', { uuid: UUID, tag: text });
        if (/^[A-Za-z0-9_+./=!:&#][A-Za-z0-9_+./=!:&#-]*$/.test(text)) {
          expect(build()[3]).toBe(`lv_uuid=${UUID} && lv_tags={"${text}"}`);
        } else expect(build).toThrow(Failure);
        expect(() => buildLvremoveArgv('vg0', 'a', { uuid: text, tag: 'a' })).toThrow(Failure);
      }),
    );
  });
});
