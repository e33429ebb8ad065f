import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listInstallerFiles } from '../../../src/render/preseed-files.ts';
import { makePreseedRequest, resolveText, SAMPLE_HASH } from '../../support/preseed-guests.ts';

/**
 * The late script runs for real, in a folder that stands for the initrd and one for the new system. Programs that would
 * change a machine are stand-ins on PATH that write down how they were called.
 */
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'relight-late-'));
  put('bin/chroot', CHROOT, 0o755);
  put('bin/poweroff', '#!/bin/sh\necho poweroff "$@" >> "$CALLS"\n', 0o755);
  put('bin/sync', '#!/bin/sh\n', 0o755);
  put('target/etc/network/interfaces', 'allow-hotplug enX0\n');
  put('target/etc/fstab', '');
  put('target/etc/apt/apt.conf', 'Acquire::http::Proxy "http://192.0.2.1:3142/";\n');
});
afterEach(() => rmSync(directory, { recursive: true }));

/** `anna` exists already; passwords arrive on standard input. */
const CHROOT = `#!/bin/sh
shift
echo "$@" >> "$CALLS"
case "$1 $3" in
"getent anna") echo anna:x:1000:1000::/home/anna:/bin/bash ;;
"getent root") echo root:x:0:0::/root:/bin/bash ;;
"getent "*) grep -q " $3\\$" "$CALLS.made" 2>/dev/null || exit 2; echo "$3:x:1001:1001::/home/$3:/bin/sh" ;;
"useradd "*) echo "$@" >> "$CALLS.made" ;;
"chpasswd "*|"chpasswd --encrypted"*) cat >> "$CALLS.shadow" ;;
"tar "*) cat > "$CALLS.tree" ;;
"blkid "*) echo "$HOLDS" ;;
esac
[ "$1" != "$FAIL" ] || exit 1
`;

function put(path: string, content: string, mode = 0o644): void {
  const full = join(directory, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  chmodSync(full, mode);
}

const read = (path: string) => readFileSync(join(directory, path), 'utf8');

function runLate(variant: string, fail = '', holds = '') {
  for (const file of listInstallerFiles(makePreseedRequest(variant, 'trixie'))) {
    put(
      `initrd${file.path}`,
      resolveText(file.content, () => SAMPLE_HASH),
      file.mode,
    );
  }
  const result = spawnSync('sh', [join(directory, 'initrd/relight/late.sh')], {
    encoding: 'utf8',
    env: {
      PATH: `${join(directory, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`,
      RELIGHT_TARGET: join(directory, 'target'),
      RELIGHT_DATA: join(directory, 'initrd/relight'),
      CALLS: join(directory, 'calls'),
      FAIL: fail,
      HOLDS: holds,
      RELIGHT_SYSFS: join(directory, 'sys'),
      RELIGHT_MOUNTS: join(directory, 'mounts'),
    },
  });
  return { status: result.status, output: result.stdout, calls: read('calls').trim().split('\n') };
}

test('every nic gets a unit that is matched by its MAC address, and ifupdown is left with loopback', () => {
  const { status, output, calls } = runLate('several-nics');
  expect(status).toBe(0);
  expect(output).toBe('relight: late script done\n');
  for (const [index, mac] of ['01', '02', '03'].entries()) {
    expect(read(`target/etc/systemd/network/10-relight-nic${index}.network`)).toContain(
      `MACAddress=00:16:3e:00:00:${mac}`,
    );
  }
  expect(read('target/etc/network/interfaces')).toBe('auto lo\niface lo inet loopback\n');
  expect(calls).toEqual(['systemctl enable systemd-networkd.service']);
});

test('users that the system does not have are made, with their groups, hashes and keys', () => {
  const { calls } = runLate('accounts');
  expect(calls).toContain('useradd --create-home --user-group --shell /bin/sh --password * ben');
  expect(calls.filter((call) => call.startsWith('useradd') && call.endsWith(' anna'))).toEqual([]);
  expect(calls.filter((call) => call.includes('--groups sudo'))).toEqual([
    'usermod --append --groups sudo anna',
  ]);
  expect(read('calls.shadow')).toBe(`anna:${SAMPLE_HASH}\nben:${SAMPLE_HASH}\n`);
  expect(calls.join('\n')).not.toContain(SAMPLE_HASH);
  expect(read('target/home/anna/.ssh/authorized_keys')).toMatch(/^ssh-ed25519 \S+ anna\n$/);
  expect(read('target/root/.ssh/authorized_keys')).toMatch(/^ssh-ed25519 \S+ admin\n$/);
  expect(calls).toContain('chown -R anna: /home/anna/.ssh');
  expect(existsSync(join(directory, 'initrd/relight/shadow'))).toBe(false);
});

test('the proxy of the installing host does not stay', () => {
  runLate('minimal');
  expect(existsSync(join(directory, 'target/etc/apt/apt.conf'))).toBe(false);
});

test('the swap disk is made and mounted once, however often the script runs', () => {
  const uuid = '11111111-2222-4333-8444-555555555555';
  expect(runLate('several-disks').calls).toContain(`mkswap -U ${uuid} /dev/xvdb`);
  runLate('several-disks');
  expect(read('target/etc/fstab')).toBe(`UUID=${uuid} none swap sw 0 0\n`);
});

test('a swap disk that holds something else is not written to', () => {
  const { output, calls } = runLate('several-disks', '', 'ext4');
  expect(output).toBe('relight: late script failed: swap\n');
  expect(calls.filter((call) => call.startsWith('mkswap'))).toEqual([]);
  rmSync(join(directory, 'calls'));
  expect(runLate('several-disks', '', 'swap').output).toBe('relight: late script done\n');
});

test("the image's tree goes through the new system's tar, then the spec's commands run in their order", () => {
  put('initrd/relight/tree.tar', 'an archive');
  put('initrd/relight/run/0000', "echo 'one  two'\n");
  put('initrd/relight/run/0001', 'second\n');
  const { output, calls } = runLate('minimal');
  expect(output).toBe('relight: late script done\n');
  expect(read('calls.tree')).toBe('an archive');
  const first = calls.findIndex((call) => call.startsWith('tar --extract --file=- --directory=/ '));
  expect(calls.slice(first + 1)).toEqual(["/bin/sh -c echo 'one  two'", '/bin/sh -c second']);
  expect(runLate('minimal', 'tar').output).toBe('relight: late script failed: files\n');
  expect(runLate('minimal', '/bin/sh').output).toBe('relight: late script failed: commands\n');
});

test('a failure powers off without the last line, and never ends in a dialog of the installer', () => {
  const { status, output, calls } = runLate('accounts', 'chpasswd');
  expect(status).toBe(0);
  expect(output).toBe('relight: late script failed: passwords\n');
  expect(calls.at(-1)).toBe('poweroff -f');
});

/** A root on LVM on dm-crypt, or on plain LVM, as the installer's kernel shows it. */
function layOutEncrypted(below: string): void {
  put('dev/dm-1', '');
  put(
    'mounts',
    `proc /proc proc rw 0 0\n${join(directory, 'dev/dm-1')} ${join(directory, 'target')} ext4 rw 0 0\n`,
  );
  put('sys/class/block/dm-1/dm/uuid', 'LVM-abc\n');
  put('sys/class/block/dm-1/slaves/dm-0/link', '');
  put('sys/class/block/dm-0/dm/uuid', `${below}\n`);
  put('target/etc/crypttab', '# comment\nxvda3_crypt UUID=0123 none luks,discard\n');
  put('target/var/log/installer/syslog', 'partman-crypto: key slot 0 created\n');
}

test('an encrypted guest is believed only when its root lies on dm-crypt and the key is nowhere on it', () => {
  layOutEncrypted('CRYPT-LUKS2-0123-xvda3_crypt');
  expect(runLate('luks').output).toBe('relight: late script done\n');
  expect(existsSync(join(directory, 'initrd/relight/disk.key'))).toBe(false);
  put('target/var/log/installer/syslog', `debconf: SET ${SAMPLE_HASH}\n`);
  expect(runLate('luks').output).toBe('relight: late script failed: encryption\n');
});

test('an encrypted guest whose root is plain, or that nobody is asked for the key of, is not believed', () => {
  layOutEncrypted('LVM-def');
  expect(runLate('luks').output).toBe('relight: late script failed: encryption\n');
  layOutEncrypted('CRYPT-LUKS2-0123-xvda3_crypt');
  put('target/etc/crypttab', 'xvda3_crypt UUID=0123 /boot/key luks\n');
  expect(runLate('luks').output).toBe('relight: late script failed: encryption\n');
});

test("the installer's log is copied to the new root while there is one, until the late script begins", async () => {
  put('initrd/relight/keep', '');
  put('log/syslog', 'first\n');
  const script = new URL('../../../preseed/keep-logs.sh', import.meta.url).pathname;
  const child = spawn('sh', [script], {
    stdio: 'ignore',
    env: {
      PATH: '/usr/bin:/bin',
      RELIGHT_TARGET: join(directory, 'target'),
      RELIGHT_DATA: join(directory, 'initrd/relight'),
      RELIGHT_LOGS: join(directory, 'log'),
      RELIGHT_PAUSE: '0.05',
    },
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const kept = join(directory, 'target/var/log/installer/syslog');
  await new Promise((done) => setTimeout(done, 200));
  expect(existsSync(kept)).toBe(false);
  put('target/var/log/dpkg.log', '');
  await vi.waitUntil(() => existsSync(kept) && readFileSync(kept, 'utf8') === 'first\n', 20_000);
  put('log/syslog', 'first\nsecond\n');
  await vi.waitUntil(() => readFileSync(kept, 'utf8') === 'first\nsecond\n', 20_000);
  expect(statSync(kept).mode & 0o777).toBe(0o600);
  runLate('minimal');
  await ended;
});

test.each(['late.sh', 'unlock.sh', 'keep-logs.sh'])('%s is valid for sh', (name) => {
  const script = new URL(`../../../preseed/${name}`, import.meta.url).pathname;
  expect(spawnSync('sh', ['-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('the key of a disk reaches debconf as it is, and in no argument', () => {
  put(
    'usr/share/debconf/confmodule',
    'db_set() { printf "set %s=%s\\n" "$1" "$2"; }\ndb_fset() { echo "fset $*"; }\n',
  );
  put('disk.key', '  pass  word\\n$HOME *\n');
  const script = readFileSync(new URL('../../../preseed/unlock.sh', import.meta.url), 'utf8');
  put('unlock.sh', script.replace('/usr/share/debconf', join(directory, 'usr/share/debconf')));
  const result = spawnSync('sh', [join(directory, 'unlock.sh')], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', RELIGHT_KEY: join(directory, 'disk.key') },
  });
  expect(result.stdout.split('\n')).toEqual([
    'set partman-crypto/passphrase=  pass  word\\n$HOME *',
    'fset partman-crypto/passphrase seen true',
    'set partman-crypto/passphrase-again=  pass  word\\n$HOME *',
    'fset partman-crypto/passphrase-again seen true',
    '',
  ]);
});
