import type { HostFacts, MirrorFacts } from '../../host/facts.ts';
import { defaultStorage } from '../../resources/volume.ts';
import type { GuestSpec, Site } from '../../spec/types.ts';
import { makeContext } from '../rebuild/context.ts';
import type { PlanContext } from '../rebuild/request.ts';

/** What a preview is made for. */
export interface PreviewRequest {
  readonly site: Site;
  readonly guest: GuestSpec;
  /** Of this machine; undefined when its apt names none. */
  readonly mirrors: MirrorFacts | undefined;
  readonly relightVersion: string;
}

/** Stands for the operation, which only a rebuild has. Names and UUIDs that come from it differ in a real one. */
export const PREVIEW_OPERATION = '000000';

const PATHS = { state: '/var/lib/relight', config: '/etc/xen', auto: '/etc/xen/auto' } as const;
/** Never printed: sources are refused when there is no mirror. */
const NO_MIRROR: MirrorFacts = { archive: 'http://mirror.invalid/debian', security: undefined };

/** The rebuild that would be planned on an empty host of that hypervisor, so that both print the very same files. */
export function previewContext(request: PreviewRequest, hypervisor: 'xl' | 'qemu'): PlanContext {
  const { site, guest } = request;
  const facts: HostFacts = {
    hypervisor,
    paths: PATHS,
    storage: site.host.storage ?? defaultStorage(PATHS),
    devicesDirectory: '/dev',
    freeBytes: 0,
    volumes: [],
    live: undefined,
    foreignConfig: undefined,
    running: false,
    autostart: false,
    mirrors: request.mirrors ?? NO_MIRROR,
    keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    identity: [],
    fileHashes: {},
    xenVersion: undefined,
  };
  return makeContext({
    site,
    guest,
    facts,
    operation: PREVIEW_OPERATION,
    nonce: '0'.repeat(32),
    machineId: '0'.repeat(32),
    specHash: '0'.repeat(64),
    hostHash: '0'.repeat(64),
    relightVersion: request.relightVersion,
    bootstrapper: 'mmdebstrap',
    keepRunning: true,
  });
}

/** The hypervisor whose guest the files are for: without a choice in the site, Xen. */
export function chooseHypervisor(site: Site): 'xl' | 'qemu' {
  return site.host.hypervisor === 'qemu' ? 'qemu' : 'xl';
}
