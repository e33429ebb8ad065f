const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Proxies are the only part of the caller's environment that a tool may need. */
const PASSED_ON = [
  'http_proxy',
  'https_proxy',
  'ftp_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/** The environment of every command: nothing of the caller's but PATH, HOME and the proxies. */
export function rebuildEnvironment(
  caller: Readonly<Record<string, string | undefined>>,
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {
    LC_ALL: 'C.UTF-8',
    PATH: buildPath(caller.PATH),
    HOME: caller.HOME || '/root',
    TERM: 'dumb',
    DEBIAN_FRONTEND: 'noninteractive',
    // LVM complains about every descriptor that it inherits, and the lock's is one.
    LVM_SUPPRESS_FD_WARNINGS: '1',
  };
  for (const name of PASSED_ON) {
    const value = caller[name];
    if (value) environment[name] = value;
  }
  return { ...environment, ...added };
}

/** The caller's absolute directories first, then the system's: an administrator's PATH often lacks sbin. */
function buildPath(callerPath: string | undefined): string {
  const directories = (callerPath ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...directories, ...SYSTEM_PATH])].join(':');
}
