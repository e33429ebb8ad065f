// A site with many guests, as a person would write them: roles, kept disks, static addresses, checks.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function makeSite(directory, count) {
  for (const folder of ['domus', 'roles']) mkdirSync(join(directory, folder), { recursive: true });
  writeFileSync(join(directory, 'site.yaml'), SITE);
  writeFileSync(
    join(directory, 'roles/nginx.yaml'),
    'packages: [nginx-light]\nrun:\n  - systemctl enable nginx\n',
  );
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(directory, `domus/guest${index}.yaml`), writeGuest(index));
  }
}

const SITE = `relight: 1
host:
  hypervisor: xl
  storage: { lvm: vg0 }
networks:
  lan: { mode: bridge, bridge: xenbr0 }
defaults: { suite: trixie, mirror: "http://mirror.example.org/debian", locale: C.UTF-8, timezone: Etc/UTC }
`;

function writeGuest(index) {
  const address = `10.20.${Math.floor(index / 200)}.${(index % 200) + 10}`;
  return `name: guest${index}
guest: pvh
boot: grub
install: bootstrap
memory: 2GiB
vcpus: 2
disks:
  root: { size: 8GiB }
  swap: { size: 1GiB }
  srv: { size: 50GiB, keep: true, mount: /srv }
nics:
  - { network: lan, address: ${address}/16, gateway: 10.20.255.254, dns: [10.20.255.53] }
users:
  - name: anna
    sudo: true
    ssh-keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK anna@example.org"]
roles: [nginx]
packages: [certbot, htop]
run: ["systemctl disable apt-daily.timer"]
checks:
  - port: 22
  - { http: "http://${address}/", status: 200 }
`;
}
