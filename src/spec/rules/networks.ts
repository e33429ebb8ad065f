import { firstOf, formatSubnet, type IpNetwork, overlaps, parseCidr } from '../address.ts';
import { formatPath, locateValue, type SpecPath } from '../locate.ts';
import { Reporter, type RuleContext } from './context.ts';

/** The networks of site.yaml: subnets without host bits, apart from each other, each nat network on its own bridge. */
export function checkNetworks(context: RuleContext): Reporter {
  const reporter = new Reporter();
  const document = context.sources.siteDocument;
  if (document === undefined) return reporter;
  const place = (path: SpecPath) => ({ position: locateValue(document, path), path: formatPath(path) });
  const subnets: { name: string; subnet: IpNetwork }[] = [];
  const bridges = new Map<string, { name: string; isNat: boolean }>();
  for (const [name, network] of Object.entries(context.sources.site.networks ?? {})) {
    if (network.mode === 'routed') continue;
    const isNat = network.mode === 'nat';
    const other = bridges.get(network.bridge);
    if (other !== undefined && (isNat || other.isNat)) {
      const parameters = { value: network.bridge, name: other.name };
      reporter.at(place(['networks', name, 'bridge']), 'RL3109', parameters);
    }
    bridges.set(network.bridge, { name, isNat });
    if (network.mode !== 'nat') continue;
    const path = ['networks', name, 'subnet'];
    const subnet = parseCidr(network.subnet);
    if (
      subnet === undefined ||
      subnet.family !== 4 ||
      subnet.prefix > 30 ||
      subnet.value !== firstOf(subnet)
    ) {
      const suggestion =
        subnet?.family === 4 && subnet.prefix <= 30
          ? `write ${formatSubnet(subnet)}`
          : 'for example 10.9.0.0/24';
      reporter.at(place(path), 'RL2136', { value: network.subnet, suggestion });
      continue;
    }
    // A site has a handful of networks.
    const clash = subnets.find((candidate) => overlaps(candidate.subnet, subnet));
    if (clash !== undefined)
      reporter.at(place(path), 'RL3107', { value: formatSubnet(subnet), name: clash.name });
    subnets.push({ name, subnet });
  }
  return reporter;
}
