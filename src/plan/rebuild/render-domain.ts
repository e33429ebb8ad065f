import type { ConfigHeader } from '../../render/config-header.ts';
import { renderQemuConfig } from '../../render/qemu-config.ts';
import { renderXlConfig, type XlConfigOptions } from '../../render/xl-config.ts';
import type { DomainDefinition } from '../types.ts';
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

/** The configuration of a domain, for the hypervisor at hand. `ends`: what xl does when it powers off, reboots or crashes. */
export function renderDomain(
  context: PlanContext,
  domain: DomainDefinition,
  ends: Pick<XlConfigOptions, 'onPoweroff' | 'onReboot' | 'onCrash'> = {},
): string {
  const header = makeHeader(context);
  if (context.facts.hypervisor === 'qemu') return renderQemuConfig(domain, header);
  return renderXlConfig(domain, { header, networks: context.site.networks, ...ends });
}
