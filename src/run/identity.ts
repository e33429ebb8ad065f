import { EXIT, Failure } from '../report/failure.ts';

/** @throws Failure EXIT.notReady for anybody but root, with the reason */
export function requireRoot(command: string): void {
  if (process.getuid?.() === 0) return;
  const message = `${command} needs root: it makes volumes and a root filesystem with its owners, and starts guests`;
  throw new Failure(EXIT.notReady, 'RL0751', message, `run it by sudo; check, render and lint need no root`);
}
