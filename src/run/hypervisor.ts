import type { DomainShape } from '../plan/shape.ts';
import type { DomainDefinition } from '../plan/types.ts';

/** A domain that runs now, as the hypervisor tells it. */
export interface RunningDomain {
  readonly name: string;
  /** Milliseconds since 1970, where known. */
  readonly since: number | undefined;
  readonly memoryBytes: number;
  readonly vcpus: number;
  /** `127.0.0.1:PORT` for each forwarded port of the guest; empty where the guest has addresses of its own. */
  readonly forwards: readonly { readonly guestPort: number; readonly host: string; readonly port: number }[];
  /** Further facts for `status`, such as the accelerator or the domain's number. */
  readonly details: Readonly<Record<string, string>>;
  /** What it was started with, as far as the hypervisor tells. */
  readonly shape: DomainShape;
}

/** What starts, stops and lists guests. Two exist: xl, and QEMU where there is no Xen. */
export interface Hypervisor {
  readonly name: 'xl' | 'qemu';
  /** Before anything else is asked: whether the hypervisor answers at all. @throws Failure EXIT.notReady when not */
  requireAnswer?(): Promise<void>;
  /**
   * Starts a domain in the background; its console's bytes go to the file `console`.
   * A domain of that name that runs already is left alone.
   */
  start(domain: DomainDefinition, config: string, console: string): Promise<void>;
  /** Asks the guest to shut down and waits; after the deadline it is destroyed. Says whether it went by itself. */
  shutdown(name: string, deadlineSeconds: number): Promise<'clean' | 'destroyed' | 'absent'>;
  /** Ends a domain at once; absent is fine. */
  destroy(name: string): Promise<void>;
  /** Lets go of a guest's console, so that a person can use it; what it says from now on is not logged. */
  releaseConsole?(name: string): void;
  /** Counters of the domain's disks and nics as text: when it changes, the domain has done something. */
  measure?(name: string): Promise<string | undefined>;
  find(name: string): Promise<RunningDomain | undefined>;
  list(): Promise<readonly RunningDomain[]>;
  /** Where a check reaches a TCP port of a guest. */
  locate(
    name: string,
    address: string | undefined,
    port: number,
  ): Promise<{ host: string; port: number } | undefined>;
}
