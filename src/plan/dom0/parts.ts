import { planBootDefault } from './boot.ts';
import { planCache } from './cache.ts';
import { planDom0Bridges, planDom0Networks } from './networks-part.ts';
import { planPackages } from './packages.ts';
import { planStorage } from './storage.ts';
import { checkSystem } from './system.ts';
import type { Dom0Part } from './types.ts';
import { checkRunningXen } from './xen.ts';
import { planXenServices } from './xen-services.ts';

/**
 * The parts of a dom0, in the order in which they are made: what refuses first, the private networks before the cache
 * that may listen on one of their addresses, and last what may cut the connection that all this runs on.
 */
export const DOM0_PARTS: readonly Dom0Part[] = [
  checkSystem,
  planPackages,
  planStorage,
  planBootDefault,
  planXenServices,
  checkRunningXen,
  planDom0Networks,
  planCache,
  planDom0Bridges,
];
