import type { HostPaths } from '../../host/facts.ts';
import type { StorageSpec } from '../../spec/types.ts';
import type { ReadyFacts } from '../../watch/boot.ts';
import type { Hypervisor } from '../hypervisor.ts';
import type { CheckedExpectation } from '../rootfs/check.ts';
import type { CommandRequest, CommandResult, Runner } from '../runner.ts';
import type { SecretStore } from '../secrets.ts';
import type { VolumeStore } from '../volume-store.ts';

/** What a step tells while it works. */
export interface StepListener {
  readonly progress: (percent: number, what: string) => void;
  readonly console: (line: string) => void;
  readonly note: (text: string) => void;
}

/** What the steps of a plan act with. One for a run. */
export interface StepContext {
  readonly runner: Runner;
  readonly hypervisor: Hypervisor;
  readonly openStore: (storage: StorageSpec) => VolumeStore;
  readonly secrets: SecretStore;
  readonly paths: HostPaths;
  readonly listener: StepListener;
  readonly signal: AbortSignal;
  readonly logPath: string;
  /** Collects what the run found out, for the closing report. */
  readonly findings: RunFindings;
}

export interface RunFindings {
  endState: readonly CheckedExpectation[];
  ready: { domain: string; facts: ReadyFacts; seconds: number }[];
  checks: { what: string; ok: boolean; detail: string }[];
}

/** Runs a command of a step. @throws Failure unless it succeeded */
export type RunCommand = (request: CommandRequest) => Promise<CommandResult>;
