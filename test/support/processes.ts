import { readdirSync, readFileSync } from 'node:fs';

const LOOKS = 3;

/**
 * Ends every process whose environment or command line names the directory, and waits for it: the children of a killed
 * program go on, and write. relight gives its children nothing of its own environment but PATH, so no single variable
 * would find them all. A fork during a look hides a process from it: only several looks in a row without one are the end.
 */
export function endProcesses(directory: string): void {
  for (let quiet = 0; quiet < LOOKS; ) {
    const left = listProcesses(directory);
    quiet = left.length === 0 ? quiet + 1 : 0;
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {} // it has ended meanwhile
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  }
}

/** The processes that belong to the directory; a path that only begins like it is another one. */
export function listProcesses(directory: string): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => pid !== process.pid && belongs(pid, directory));
}

function belongs(pid: number, directory: string): boolean {
  try {
    const texts = ['environ', 'cmdline'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
    const text = texts.join('\0');
    return text.includes(`${directory}/`) || text.split(/[\0=:]/).includes(directory);
  } catch {
    return false; // it has ended meanwhile
  }
}
