import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { createConnection } from 'node:net';
import type { Step } from '../../plan/types.ts';
import { EXIT, Failure } from '../../report/failure.ts';
import type { CheckSpec } from '../../spec/types.ts';
import { pause } from '../time.ts';
import type { StepContext } from './context.ts';

const ATTEMPT_MS = 10_000;
const RETRY_MS = 1000;
/** A forwarder accepts for the guest and hangs up when the guest refuses: a port counts when the line stays up. */
const STAYS_OPEN_MS = 1500;
const LARGEST_PAGE = 1024 * 1024;

type Outcome = { readonly ok: boolean; readonly detail: string };

/**
 * Runs the spec's checks until each holds or the deadline has passed.
 * @throws Failure that names the first check that failed, with what it found
 */
export async function runChecks(
  step: Extract<Step, { do: 'run-checks' }>,
  context: StepContext,
): Promise<void> {
  const end = Date.now() + step.deadline * 1000;
  for (const [index, check] of step.checks.entries()) {
    const what = check.kind === 'port' ? `port ${check.port}` : check.url;
    context.listener.progress(Math.floor((100 * index) / step.checks.length), what);
    const outcome = await repeatCheck(check, step, context, end);
    context.findings.checks.push({ what, ...outcome });
    if (outcome.ok) continue;
    if (context.signal.aborted)
      throw new Failure(EXIT.interrupted, 'RL0604', 'interrupted while a check ran');
    const message = `the check of ${what} failed within ${step.deadline} s: ${outcome.detail}`;
    throw new Failure(EXIT.failed, 'RL0732', message);
  }
}

async function repeatCheck(
  check: CheckSpec,
  step: Extract<Step, { do: 'run-checks' }>,
  context: StepContext,
  end: number,
): Promise<Outcome> {
  for (;;) {
    const outcome = await tryCheck(check, step, context);
    if (outcome.ok || Date.now() > end || context.signal.aborted) return outcome;
    await pause(RETRY_MS, context.signal);
  }
}

async function tryCheck(
  check: CheckSpec,
  step: Extract<Step, { do: 'run-checks' }>,
  context: StepContext,
): Promise<Outcome> {
  const url = check.kind === 'http' ? new URL(check.url) : undefined;
  const port = check.kind === 'port' ? check.port : readPort(url);
  const address = url === undefined ? findAddress(step, context) : url.hostname.replace(/^\[|\]$/g, '');
  const place = await context.hypervisor.locate(step.domain, address, port);
  if (place === undefined) return { ok: false, detail: 'the guest runs no more, or has no known address' };
  return url === undefined || check.kind === 'port'
    ? tryPort(place.host, place.port)
    : tryPage(url, place, check.status, check.contains);
}

/** The first static address, or the one the guest reported in its ready line. */
function findAddress(
  step: { domain: string; addresses: readonly string[] },
  context: StepContext,
): string | undefined {
  const facts = context.findings.ready.find((each) => each.domain === step.domain)?.facts;
  const learnt = facts?.addresses.map((line) => (line.split(' ')[1] ?? '').replace(/\/.*/, ''));
  return step.addresses[0] ?? learnt?.find((address) => address !== '');
}

function readPort(url: URL | undefined): number {
  if (url === undefined || url.port === '') return url?.protocol === 'https:' ? 443 : 80;
  return Number(url.port);
}

function tryPort(host: string, port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const finish = (ok: boolean, detail: string) => {
      clearTimeout(timer);
      clearTimeout(stays);
      socket.destroy();
      resolve({ ok, detail });
    };
    const timer = setTimeout(() => finish(false, 'no answer'), ATTEMPT_MS);
    let stays: NodeJS.Timeout | undefined;
    socket.on('connect', () => {
      stays = setTimeout(() => finish(true, 'open'), STAYS_OPEN_MS);
    });
    socket.on('data', () => finish(true, 'open, and it answers'));
    socket.on('end', () => finish(false, 'closed at once'));
    socket.on('error', (error) => finish(false, error.message));
  });
}

function tryPage(
  url: URL,
  place: { host: string; port: number },
  status: number,
  contains: string | undefined,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const options = {
      host: place.host,
      port: place.port,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host },
      timeout: ATTEMPT_MS,
      // Health, not trust: a guest that has just been built may well have no certificate that this machine knows.
      rejectUnauthorized: false,
    };
    const request = send(options, (response) => {
      let page = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        if (page.length < LARGEST_PAGE) page += chunk;
      });
      response.on('error', (error) => resolve({ ok: false, detail: error.message }));
      response.on('end', () => resolve(judgePage(response.statusCode ?? 0, page, status, contains)));
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', (error) => resolve({ ok: false, detail: error.message }));
    request.end();
  });
}

function judgePage(found: number, page: string, status: number, contains: string | undefined): Outcome {
  if (found !== status) return { ok: false, detail: `status ${found} instead of ${status}` };
  if (contains !== undefined && !page.includes(contains)) {
    return {
      ok: false,
      detail: `status ${found}, but the page does not contain ${JSON.stringify(contains)}`,
    };
  }
  return { ok: true, detail: `status ${found}${contains === undefined ? '' : ', the text is there'}` };
}
