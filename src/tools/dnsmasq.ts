/** dnsmasq(8): reads a configuration and says whether it is one. */
export function buildDnsmasqTestArgv(file: string): string[] {
  return ['dnsmasq', '--test', `--conf-file=${file}`];
}
