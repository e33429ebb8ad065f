// cd-bytes.mjs DOMID: how many bytes an HVM domain's device model has read from its disks and its CD (QMP, query-blockstats).
// Speaks through the socket that is there for statistics, so that libxl keeps its own.
import { connect } from 'node:net';

const socket = connect(`/var/run/xen/qmp-libxenstat-${process.argv[2]}`);
let text = '';
const end = (status) => process.exit(status);
socket.on('error', () => end(1));
setTimeout(() => end(1), 20_000);
socket.on('data', (data) => {
  text += data;
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (text.includes('"QMP"') && !text.includes('"return"') && lines.length === 1 && text.endsWith('\n')) {
    socket.write('{"execute":"qmp_capabilities"}\n{"execute":"query-blockstats"}\n');
  }
  const found = /\{"return": ?\[.*\].*\}/.exec(text);
  if (found === null) return;
  const devices = JSON.parse(found[0]).return;
  process.stdout.write(`${devices.reduce((sum, { stats }) => sum + stats.rd_bytes, 0)}\n`, () => end(0));
});
