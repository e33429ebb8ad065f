import type { ConfigHeader } from '../../render/config-header.ts';
import type { PlanContext } from './request.ts';

/** The header that tells, should the state directory be lost, what a configuration belongs to. */
export function makeHeader(context: PlanContext): ConfigHeader {
  return {
    guest: context.guest.name,
    operation: context.operation,
    specHash: context.specHash,
    relight: context.relightVersion,
    volumes: context.disks.filter((planned) => !planned.disk.keep).map((planned) => planned.volume.name),
    nonce: context.nonce,
  };
}
