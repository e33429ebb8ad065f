import { type ParsedSite, parseSite } from '../../../src/spec/parse-site.ts';

/** A key whose private half was thrown away. */
export const SSH_KEY =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIORb1YuEmkuvStNlLtDkh0rZLVDqtFyN+CvumyDe7oOK admin@example.org';
export const HASH = '$y$j9T$abcdefghijklmnop$xxI14acrF4kcY59GsyqJ1DqdhVdc9N0f1.omTKnq.61';

export const GOOD_SITE = `relight: 1
networks:
  lan: { mode: bridge, bridge: xenbr0 }
  inside: { mode: nat, bridge: xenbr1, subnet: 10.9.0.0/24, out: eth0 }
defaults:
  suite: trixie
  users: [ { name: admin, sudo: true, ssh-keys: ["${SSH_KEY}"] } ]
`;

export const GOOD_GUEST = `name: web1
guest: pvh
memory: 2GiB
vcpus: 2
disks:
  root: { size: 8GiB }
  swap: { size: 1GiB }
  srv: { size: 50GiB, keep: true, mount: /srv }
nics:
  - { network: lan, address: 192.0.2.10/24, gateway: 192.0.2.254, dns: [192.0.2.53] }
  - { network: inside, address: 10.9.0.10/24, forward: ["203.0.113.10:443 -> 443"] }
users:
  - name: anna
    ssh-keys: ["${SSH_KEY}"]
    password: { hash: "${HASH}" }
packages: [nginx, certbot]
files:
  - { text: "hello\\n", to: /etc/motd, mode: "0640", owner: root, group: adm }
run:
  - |
    systemctl enable nginx
    systemctl mask apt-daily.timer
checks: [ { port: 22 }, { http: "http://192.0.2.10/", contains: hello } ]
start: manual
`;

/** Parses one guest named web1, with other files of the site by their path in it. */
export function parse(guest: string, others: Readonly<Record<string, string>> = {}): ParsedSite {
  const all = { 'site.yaml': GOOD_SITE, 'domus/web1.yaml': guest, ...others };
  const files = new Map(Object.entries(all).map(([file, text]) => [`/site/${file}`, text]));
  return parseSite({ directory: '/site', files });
}

export function codesOf(parsed: ParsedSite): readonly string[] {
  return parsed.issues.map((issue) => issue.code);
}
