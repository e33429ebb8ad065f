import { relative } from 'node:path';

/** Names files relative to the working directory where that is shorter than going up. */
export function nameFileFrom(workingDirectory: string): (file: string) => string {
  return (file) => {
    const name = relative(workingDirectory, file);
    return name === '' || name.startsWith('..') ? file : name;
  };
}
