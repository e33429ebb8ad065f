import type { PreseedAnswer } from './preseed-line.ts';
import type { PreseedRequest } from './preseed-request.ts';
import { refuse, requireMatch } from './refuse.ts';

/**
 * Mirror, proxy, security archive and packages.
 * @throws Failure RL0901
 */
export function listPackageAnswers(request: PreseedRequest): PreseedAnswer[] {
  const { guest, proxy } = request;
  const archive = parseArchive(request.mirror.archive);
  const security = findSecurityHost(request.mirror.security);
  const { protocol } = archive;
  const packages = request.packages.map((name) =>
    // pkgsel hands the list to a shell.
    requireMatch('a package', name, /^[a-z0-9][a-z0-9.+-]+$/, 'a package name'),
  );
  return [
    answer('mirror/country', 'string', 'manual', 'mirror'),
    answer('mirror/protocol', 'select', protocol, 'mirror'),
    answer(`mirror/${protocol}/hostname`, 'string', archive.host, 'mirror'),
    answer(`mirror/${protocol}/directory`, 'string', archive.directory, 'mirror'),
    answer(`mirror/${protocol}/proxy`, 'string', proxy === undefined ? '' : requireProxy(proxy), 'mirror'),
    answer('mirror/suite', 'select', guest.suite, 'suite'),
    ...(request.componentSuite === undefined
      ? []
      : [answer('mirror/udeb/suite', 'string', request.componentSuite, 'mirror')]),
    answer('apt-setup/use_mirror', 'boolean', 'true', 'mirror'),
    answer('apt-setup/non-free-firmware', 'boolean', 'true', 'mirror'),
    answer('apt-setup/non-free', 'boolean', 'false', 'mirror'),
    answer('apt-setup/contrib', 'boolean', 'false', 'mirror'),
    answer('apt-setup/enable-source-repositories', 'boolean', 'false', 'mirror'),
    answer('apt-setup/disable-cdrom-entries', 'boolean', 'true', 'mirror'),
    answer('apt-setup/cdrom/set-first', 'boolean', 'false', 'mirror'),
    // An archive that does not answer would stop the installation with a dialog.
    answer(
      'apt-setup/services-select',
      'multiselect',
      listServices(security, request.suiteAlone === true),
      'mirror',
    ),
    ...(security === undefined ? [] : [answer('apt-setup/security_host', 'string', security, 'mirror')]),
    answer('base-installer/install-recommends', 'boolean', 'false', 'packages'),
    answer('base-installer/kernel/image', 'select', 'linux-image-amd64', 'packages'),
    answer('base-installer/initramfs-tools/driver-policy', 'select', 'most', 'packages'),
    answer('pkgsel/run_tasksel', 'boolean', 'false', 'packages'),
    { ...answer('tasksel/first', 'multiselect', '', 'packages'), owner: 'tasksel' },
    answer('pkgsel/include', 'string', packages.join(' '), 'packages'),
    answer('pkgsel/include/install-recommends', 'boolean', 'false', 'packages'),
    answer('pkgsel/upgrade', 'select', 'full-upgrade', 'packages'),
    answer('pkgsel/update-policy', 'select', 'none', 'packages'),
    {
      ...answer('popularity-contest/participate', 'boolean', 'false', 'packages'),
      owner: 'popularity-contest',
    },
  ];
}

function listServices(security: string | undefined, suiteAlone: boolean): string {
  if (suiteAlone) return '';
  return security === undefined ? 'updates' : 'security, updates';
}

interface Archive {
  readonly protocol: 'http' | 'https';
  readonly host: string;
  readonly directory: string;
}

function parseArchive(url: string): Archive {
  const match =
    /^(https?):\/\/([A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9a-fA-F:]+\](?::\d{1,5})?)(\/[A-Za-z0-9._~/-]*)?$/.exec(
      url,
    );
  const [, protocol, host, path = '/'] = match ?? [];
  if (protocol === undefined || host === undefined || /(^|\/)\.\.(\/|$)/.test(path)) {
    refuse('a mirror', url, 'http:// or https://, a host and a plain path');
  }
  const directory = path.replace(/\/+$/, '');
  return {
    protocol: protocol === 'https' ? 'https' : 'http',
    host,
    directory: directory === '' ? '/' : directory,
  };
}

/** The installer writes http://HOST/debian-security and nothing else (apt-setup, generators/91security). */
function findSecurityHost(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  const { protocol, host, directory } = parseArchive(url);
  return protocol === 'http' && directory === '/debian-security' ? host : undefined;
}

function requireProxy(proxy: string): string {
  const pattern = /^http:\/\/([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\])(:\d{1,5})?\/?$/;
  return requireMatch('a proxy', proxy, pattern, 'http://HOST:PORT');
}

function answer(name: string, type: PreseedAnswer['type'], value: string, path: string): PreseedAnswer {
  return { owner: 'd-i', name, type, value, path };
}
