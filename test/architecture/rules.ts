/** Who may import whom, as data. `values` are folders whose code may be used; `types` may be used as types only. */
export interface FolderRule {
  readonly values: readonly string[];
  readonly types: readonly string[];
  readonly reason: string;
}

const PURE_BELOW_PLAN = ['report', 'spec', 'release', 'render', 'tools', 'host', 'resources', 'image'];
const ALL_PURE = [...PURE_BELOW_PLAN, 'lint', 'iso', 'plan', 'vault', 'journal', 'watch'];

/** Folders that must give the same answer on any machine at any time. */
export const PURE_FOLDERS: readonly string[] = ALL_PURE;

export const FOLDER_RULES: Readonly<Record<string, FolderRule>> = {
  report: { values: [], types: [], reason: 'everything reports through it, so that it may rest on nothing' },
  release: {
    values: [],
    types: ['spec'],
    reason: 'tables of facts about Debian: they are read by the rules of the spec, never the other way round',
  },
  spec: {
    values: ['report', 'release'],
    types: [],
    reason: 'a spec is valid or not whatever is rendered, planned or run from it',
  },
  render: {
    values: ['report', 'spec', 'release'],
    types: ['plan'],
    reason: 'a serialiser takes data and returns text; what a plan looks like is only a type to it',
  },
  tools: {
    values: ['report'],
    types: ['spec', 'plan'],
    reason: 'argv builders and parsers of one program each: they know no other part of relight',
  },
  lint: {
    values: ['report', 'spec', 'release'],
    types: [],
    reason: 'the linter works on any preseed file, so it may not need a plan or a machine',
  },
  iso: {
    values: ['report', 'render', 'tools'],
    types: [],
    reason: 'the reader and the remaster plan work on bytes from anywhere',
  },
  image: {
    values: ['report', 'spec', 'tools'],
    types: [],
    reason:
      'manifest, lock and block map of a standard image are values, made and read the same on any machine',
  },
  host: {
    values: ['report', 'tools'],
    types: ['spec', 'plan'],
    reason: 'parsed output becomes facts; what is done with the facts is the plan’s affair',
  },
  resources: {
    values: ['report', 'spec', 'host'],
    types: ['plan'],
    reason: 'each kind of resource declares probe, create and undo as data that a plan is made of',
  },
  plan: {
    values: PURE_BELOW_PLAN,
    types: [],
    reason: 'a plan is a value made of a spec and facts; it may not run anything',
  },
  vault: {
    values: [...PURE_BELOW_PLAN, 'plan'],
    types: [],
    reason:
      'what a rebuild needs is read off the functions that plan it; judging what is stored runs nothing',
  },
  journal: {
    values: ['report'],
    types: ['plan'],
    reason: 'events and their fold must be readable when no plan can be made any more',
  },
  watch: {
    values: ['report'],
    types: ['plan'],
    reason: 'a state machine over console text, replayed in tests from recordings',
  },
  run: {
    values: ALL_PURE,
    types: [],
    reason: 'it gives effects to data; wiring, options and output for people belong to commands',
  },
  commands: { values: [...ALL_PURE, 'run'], types: [], reason: 'one file a command: wiring only' },
  'cli.ts': {
    values: ['commands', 'report'],
    types: [],
    reason: 'argv to command to exit status, and nothing else: start-up loads only this',
  },
};

/** Modules that reach the machine, and the only folder that may import each. */
export const MODULE_RULES: readonly {
  readonly modules: RegExp;
  readonly only: string;
  readonly reason: string;
}[] = [
  {
    modules: /^(node:)?(fs|fs\/promises|child_process|worker_threads|cluster)$|^execa$|^tar-stream$/,
    only: 'run',
    reason:
      'one folder touches files and processes, so that dry run, redaction and deadlines cannot be passed by',
  },
  {
    modules: /^(node:)?(net|http|https|http2|tls|dgram|dns|dns\/promises|os|readline|readline\/promises)$/,
    only: 'run',
    reason: 'network, host and terminal are the machine too',
  },
  {
    modules: /^(node:)?(timers|timers\/promises|process|perf_hooks)$/,
    only: 'run',
    reason: 'time and the process are inputs; who needs them is handed them',
  },
];

/** Names that are pure though their module is not. */
export const PURE_NAMES: Readonly<
  Record<string, { readonly names: readonly string[]; readonly reason: string }>
> = {
  'node:net': { names: ['isIP', 'isIPv4', 'isIPv6'], reason: 'these read a text and open nothing' },
};

/** Names that are not pure though their module is, and the folders that may import them. */
export const IMPURE_NAMES: Readonly<
  Record<
    string,
    { readonly names: readonly string[]; readonly only: readonly string[]; readonly reason: string }
  >
> = {
  'node:crypto': {
    names: [
      'randomBytes',
      'randomUUID',
      'randomInt',
      'randomFillSync',
      'webcrypto',
      'getRandomValues',
      'default',
    ],
    only: ['run', 'commands'],
    reason: 'hashes are pure; chance is an input of a plan, else the same request would give two plans',
  },
};

/** Globals that give another answer each time or place, by the folders that may use them. */
export const GLOBAL_RULES: readonly {
  readonly names: readonly string[];
  readonly only: readonly string[];
  readonly reason: string;
}[] = [
  {
    names: ['process'],
    only: ['run', 'cli.ts'],
    reason:
      'commands get environment, directory and signal in their context, so that tests can hand in their own',
  },
  {
    names: ['console'],
    only: [],
    reason: 'output goes through the context: data to standard output, messages to standard error',
  },
  {
    names: [
      'performance',
      'setTimeout',
      'setInterval',
      'setImmediate',
      'fetch',
      'crypto',
      'globalThis',
      'eval',
    ],
    only: ['run', 'commands', 'cli.ts'],
    reason: 'clock, network and chance reach pure code as values',
  },
];

/** Longest file of src, in lines; over that, it is split by kind of work. */
export const MAXIMUM_LINES = 250;
