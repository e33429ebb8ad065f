import { parseConfigHeader } from '../../render/config-header.ts';
import { parseQemuConfig } from '../../render/qemu-config.ts';
import { deriveUuid } from '../../spec/identity.ts';
import type { Action, DomainDefinition, Plan } from '../types.ts';
import { makeContext } from './context.ts';
import { defineGuest, defineVerification } from './domain.ts';
import { restoreForwards } from './forwards.ts';
import { nameSecret } from './personalise.ts';
import { createIdentity, createVolumes, prepareWork, removeAutostart } from './prepare.ts';
import { renderDomain } from './render-domain.ts';
import type { PlanContext, PlanRequest } from './request.ts';
import { planRoute } from './routes.ts';
import { findMirrors, findProxy } from './sources.ts';
import { commitConfig, finishRebuild, startNew, stopOld, verifyBoot } from './switch.ts';

/** Plans a rebuild by the guest's route. Pure: the same request gives the same plan. */
export function buildRebuildPlan(request: PlanRequest): Plan {
  const context = makeContext(request);
  const { guest, facts, operation } = request;
  const domain = defineGuest(context);
  const verification = defineVerification(
    context,
    deriveUuid(request.site.name, guest.name, 'verify', operation),
  );
  const actions: Action[] = [
    prepareWork(context),
    ...createIdentity(context),
    ...removeAutostart(context),
    ...createVolumes(context),
    ...planRoute(context),
    // A guest that is only tried ends when it reboots or crashes, so that no loop hides the fault.
    verifyBoot(
      context,
      verification,
      renderDomain(context, verification, { onReboot: 'destroy', onCrash: 'destroy' }),
    ),
    ...stopOld(context, findOldDomain(context)),
    commitConfig(context, renderDomain(context, domain)),
    ...restoreForwards(context),
    startNew(context, domain),
    finishRebuild(context),
  ];
  return {
    version: 1,
    relight: request.relightVersion,
    guest: guest.name,
    operation,
    hypervisor: facts.hypervisor,
    route: guest.install.kind === 'image' ? `image:${guest.install.image}` : guest.install.kind,
    specHash: request.specHash,
    hostHash: request.hostHash,
    replaces: facts.live?.operation,
    commitAction: 'commit',
    ...describeArchive(context),
    actions,
    secrets: [...guest.users, { name: 'root', password: guest.root.password }]
      .filter((account) => account.password !== undefined)
      .map((account) => nameSecret(account.name)),
  };
}

/** The old guest as its own configuration defines it, for the way back. Under xl the file itself is enough. */
function findOldDomain(context: PlanContext): DomainDefinition | undefined {
  const { live, hypervisor, foreignConfig } = context.facts;
  const text = live?.configText ?? foreignConfig;
  if (text === undefined) return undefined;
  if (hypervisor === 'qemu' && parseConfigHeader(text) !== undefined) return parseQemuConfig(text).domain;
  return { ...defineGuest(context), disks: [], nics: [], kernel: undefined, ports: [] };
}

/** The installer and an image ask for themselves, or for nothing. */
function describeArchive(context: PlanContext): Pick<Plan, 'archive'> {
  if (context.guest.install.kind !== 'bootstrap' || context.vault !== undefined) return {};
  const proxy = findProxy(context);
  const suite = `${findMirrors(context).archive}/dists/${context.guest.suite}`;
  return { archive: { suite, ...(proxy === undefined ? {} : { proxy }) } };
}
