import { createConnection } from 'node:net';

const REPLY_MS = 5000;

/** Sends one command; returns whether QEMU accepted it. Never throws. */
export async function sendControl(socketPath: string, command: string): Promise<boolean> {
  return (await askControl(socketPath, command)) !== undefined;
}

/**
 * Sends one command over QEMU's machine protocol (QMP, docs/interop/qmp-spec) and hands back its answer as JSON.
 * Never throws: a QEMU that is gone, hangs or refuses gives undefined.
 */
export function askControl(socketPath: string, command: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    let buffer = '';
    const finish = (answer: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(undefined), REPLY_MS);
    socket.on('error', () => finish(undefined));
    socket.on('close', () => finish(undefined));
    socket.on('data', (data) => {
      buffer += data.toString('utf8');
      for (let at = buffer.indexOf('\n'); at >= 0; at = buffer.indexOf('\n')) {
        const line = buffer.slice(0, at);
        buffer = buffer.slice(at + 1);
        if (line.includes('"QMP"')) {
          socket.write(`${JSON.stringify({ execute: 'qmp_capabilities', id: 'hello' })}\n`);
        } else if (line.includes('"hello"')) {
          socket.write(`${JSON.stringify({ execute: command, id: 'command' })}\n`);
        } else if (line.includes('"command"')) {
          finish(line.includes('"return"') ? line : undefined);
        }
      }
    });
  });
}
