import { createConnection } from 'node:net';

const REPLY_MS = 5000;

/**
 * Sends one command over QEMU's machine protocol (QMP, docs/interop/qmp-spec). Returns whether QEMU accepted it.
 * Never throws: a QEMU that is gone or hangs gives false.
 */
export function sendControl(socketPath: string, command: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(socketPath);
    let buffer = '';
    const finish = (accepted: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(accepted);
    };
    const timer = setTimeout(() => finish(false), REPLY_MS);
    socket.on('error', () => finish(false));
    socket.on('close', () => finish(false));
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
          finish(line.includes('"return"'));
        }
      }
    });
  });
}
