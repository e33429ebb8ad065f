import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFile } from '../support/bundle.ts';

/** A site with one guest in QEMU, and the built program. */
export class Installation {
  readonly directory = mkdtempSync(join(tmpdir(), 'relight-install-'));
  /** Where RELIGHT_KEEP wants what is left to be kept. */
  readonly keep = process.env.RELIGHT_KEEP;
  readonly #guest: string;

  private constructor(guest: string) {
    this.#guest = guest;
  }

  static async create(guest: string, spec: string, host = ''): Promise<Installation> {
    const made = new Installation(guest);
    const site = `relight: 1\nhost: { hypervisor: qemu${host} }\nnetworks: { lan: { mode: bridge, bridge: xenbr0 } }\n`;
    mkdirSync(join(made.directory, 'site/domus'), { recursive: true });
    writeFileSync(join(made.directory, 'site/site.yaml'), site);
    writeFileSync(join(made.directory, `site/domus/${guest}.yaml`), spec);
    await bundleFile('src/cli.ts', join(made.directory, 'relight.mjs'));
    if (made.keep !== undefined) mkdirSync(made.keep, { recursive: true });
    return made;
  }

  relight(...words: string[]): { status: number | null; all: string } {
    const program = [join(this.directory, 'relight.mjs'), ...words, '--site', join(this.directory, 'site')];
    const result = spawnSync(process.execPath, program, {
      env: { ...process.env, RELIGHT_STATE: join(this.directory, 'state'), NO_COLOR: '1' },
      encoding: 'utf8',
      maxBuffer: 256 * 1024 ** 2,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const all = `${result.stdout}\n${result.stderr}`;
    if (this.keep !== undefined) writeFileSync(join(this.keep, `${words.join('-')}.out`), all);
    return { status: result.status, all };
  }

  get operations(): string {
    return join(this.directory, 'state/guests', this.#guest, 'operations');
  }

  /** Stops the guest, and takes everything away but what RELIGHT_KEEP wants: consoles, logs, configurations, journal. */
  end(): void {
    this.relight('stop', this.#guest);
    if (this.keep !== undefined) cpSync(this.operations, join(this.keep, 'operations'), { recursive: true });
    rmSync(this.directory, { recursive: true, force: true });
  }
}
