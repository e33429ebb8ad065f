// A server that says whom it sees, and its client, for the network lab.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

const [what, protocol, ...words] = process.argv.slice(2);
if (what === 'serve') serve(Number(words[0]), words[1]);
else ask(words[0], Number(words[1]), Number(words[2]));

function serve(port, name) {
  if (protocol === 'tcp') {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(`${name} sees ${socket.remoteAddress}\n`);
    });
    server.listen(port, '0.0.0.0', () => process.stdout.write('listening\n'));
    return;
  }
  const socket = createSocket('udp4');
  socket.on('message', (_, from) => socket.send(`${name} sees ${from.address}`, from.port, from.address));
  socket.bind(port, '0.0.0.0', () => process.stdout.write('listening\n'));
}

function ask(address, port, seconds) {
  setTimeout(() => end('nothing'), seconds * 1000);
  if (protocol === 'tcp') {
    let text = '';
    const socket = connect(port, address);
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => end(text.trim()));
    socket.on('error', (error) => end(error.code));
    return;
  }
  const socket = createSocket('udp4');
  socket.on('message', (data) => end(data.toString()));
  // A datagram may be lost while addresses are still being resolved.
  setInterval(() => socket.send('?', port, address), 500);
  socket.send('?', port, address);
}

function end(text) {
  process.stdout.write(`${text}\n`);
  process.exit(0);
}
