// Runs every case of the contract with the real programs: contract.mjs VOLUME_GROUP CHECKS_FILE.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const [, , group, checks] = process.argv;
const kernel = readdirSync('/boot').find((name) => name.startsWith('vmlinuz-'));
const world = { VG: group, DEV: '/dev', DIR: mkdtempSync('/root/contract-'), KERNEL: `/boot/${kernel}` };
const fill = (text) => text.replace(/\$(VG|DEV|DIR|KERNEL)/g, (_, name) => world[name]);

for (const contract of JSON.parse(readFileSync('/lab/contract.json', 'utf8'))) {
  const problem = replay(contract);
  if (problem !== undefined) console.log(`--- ${contract.name}\n${problem}`);
  appendFileSync(checks, `${problem === undefined ? 'ok' : 'not ok'} - contract: ${contract.name}\n`);
}

function replay(contract) {
  for (const [path, content] of Object.entries(contract.files ?? {}))
    writeFileSync(fill(path), fill(content));
  for (const step of contract.steps) {
    const [program, ...words] = step.run.map(fill);
    const { status, stdout, stderr, error } = spawnSync(program, words, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', LVM_SUPPRESS_FD_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 120_000,
    });
    const shown = `${[program, ...words].join(' ')}\nstatus ${status} (wanted ${step.status})\n${stdout}\n${stderr}`;
    if (error !== undefined) return `${shown}\n${error.message}`;
    if (status !== step.status) return shown;
    for (const [name, text] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ]) {
      const wanted = step[name];
      if (wanted !== undefined && !new RegExp(fill(wanted)).test(text))
        return `${shown}\n${name} is not like ${wanted}`;
    }
  }
  return undefined;
}
