import type { Code, IssuePlace } from '../../report/codes.ts';
import { formatIp, parseCidr } from '../address.ts';
import { entriesOf } from '../check-shape.ts';
import { parseForward } from '../forward.ts';
import { deriveMac, deriveUuid } from '../identity.ts';
import { type FragmentSource, placeFile, placeValue } from '../sources.ts';
import { type Finding, Reporter, type RuleContext } from './context.ts';

type DuplicateCode = Code & ('RL3101' | 'RL3102' | 'RL3103' | 'RL3104' | 'RL3105' | 'RL3108');

interface Claim {
  readonly owner: string;
  readonly place: () => IssuePlace;
}

/** Things of which a site may have each only once. One pass, one map for each kind: linear in the number of guests. */
class Claims {
  readonly #taken = new Map<string, Claim>();
  readonly #code: DuplicateCode;
  readonly #findings: Finding[];

  constructor(code: DuplicateCode, findings: Finding[]) {
    this.#code = code;
    this.#findings = findings;
  }

  /** Notes that an owner has a value; the second owner of one value is an issue at both. */
  add(value: string, claim: Claim): void {
    const first = this.#taken.get(value);
    if (first === undefined) this.#taken.set(value, claim);
    else this.#findings.push(...reportClash(this.#code, value, claim, first));
  }

  find(value: string): Claim | undefined {
    return this.#taken.get(value);
  }
}

function reportClash(code: DuplicateCode, value: string, second: Claim, first: Claim): readonly Finding[] {
  const reporter = new Reporter(second.owner, first.owner);
  const position = first.place().position;
  const related = position === undefined ? [] : [{ position, message: first.owner }];
  reporter.at({ ...second.place(), related }, code, { value, other: first.owner });
  return reporter.findings;
}

/** Names, addresses, MAC addresses, UUIDs and forwards that two guests have, or one guest twice. */
export function findDuplicates(context: RuleContext): readonly Finding[] {
  const findings: Finding[] = [];
  const names = new Claims('RL3101', findings);
  const addresses = new Claims('RL3102', findings);
  const macs = new Claims('RL3103', findings);
  const uuids = new Claims('RL3104', findings);
  const forwards = new Claims('RL3105', findings);
  for (const guest of context.sources.guests) {
    const { name, written } = guest;
    const claim = (path: readonly (string | number)[]): Claim => ({
      owner: name,
      place: () => placeValue(guest, path),
    });
    names.add(written.name ?? name, written.name === undefined ? claimFile(guest) : claim(['name']));
    uuids.add(written.uuid?.toLowerCase() ?? deriveUuid(context.siteName, name), claim(['uuid']));
    for (const [index, nic] of entriesOf(written.nics)) {
      macs.add(
        nic.mac?.toLowerCase() ?? deriveMac(context.siteName, name, index),
        claim(['nics', index, 'mac']),
      );
      for (const key of ['address', 'address6'] as const) {
        const address = parseCidr(nic[key] ?? '');
        if (address !== undefined) addresses.add(formatIp(address), claim(['nics', index, key]));
      }
      for (const [position, text] of entriesOf(nic.forward)) {
        addForward(text, forwards, claim(['nics', index, 'forward', position]));
      }
    }
  }
  findImageNames(context, names, findings);
  return findings;
}

/** A whole address takes all its ports, so it clashes with itself and with any port of it. */
function addForward(text: string, forwards: Claims, claim: Claim): void {
  const forward = parseForward(text);
  if (forward === undefined) return;
  const some = `${forward.address} (one of its ports)`;
  if (forward.port === undefined) {
    const other = forwards.find(some);
    if (other === undefined) forwards.add(forward.address, claim);
    else forwards.add(some, claim);
    return;
  }
  if (forwards.find(forward.address) !== undefined) forwards.add(forward.address, claim);
  else if (forwards.find(some) === undefined) forwards.add(some, claim);
  forwards.add(`${forward.address}:${forward.port}/${forward.protocol}`, claim);
}

function findImageNames(context: RuleContext, names: Claims, findings: Finding[]): void {
  for (const image of context.sources.images.values()) {
    const guest = names.find(image.name);
    if (guest !== undefined) findings.push(...reportClash('RL3108', image.name, claimFile(image), guest));
  }
}

function claimFile(source: FragmentSource<unknown>): Claim {
  return { owner: source.name, place: () => placeFile(source) };
}
