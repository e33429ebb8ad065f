import type { CodeEntry } from './entry.ts';

/** RL10xx: the text of a file. RL11xx: reading a site. */
export const TEXT_CODES = {
  RL1001: {
    title: 'Empty file',
    message: 'the file is empty',
    hint: '{example}',
  },
  RL1002: {
    title: 'Top level is not a map',
    message: 'the top level must be a map of keys and values, not {found}',
  },
  RL1003: {
    title: 'Byte order mark',
    message: 'the file must not start with a byte order mark',
    hint: "remove it: sed -i '1s/^\\xEF\\xBB\\xBF//' {name}",
  },
  RL1004: {
    title: 'CR LF line ends',
    message: 'lines must end with LF, not with CR LF',
    hint: "convert the file: sed -i 's/\\r$//' {name}",
  },
  RL1005: {
    title: 'Control character',
    message: 'the control character {value} is not allowed in a spec',
    hint: 'remove it; in double quotes YAML writes \\t and \\n for a tab and a line feed',
  },
  RL1006: {
    title: 'Tab as indentation',
    message: 'YAML is indented by spaces, never by a tab',
    hint: 'use spaces',
  },
  RL1007: {
    title: 'Duplicate key',
    message: 'the key "{key}" must not be given twice in one map',
    hint: 'keep one of them; the first is on line {line}',
  },
  RL1008: {
    title: 'Unknown YAML tag',
    message: 'YAML tags are not used in a spec: {detail}',
    hint: 'remove the tag; put text that starts with "!" in quotes',
  },
  RL1009: { title: 'YAML syntax', message: 'this is not valid YAML: {detail}' },
  RL1010: {
    title: 'Several YAML documents',
    message: 'a file holds one YAML document',
    hint: 'one file a guest: move what follows "---" to a file of its own',
  },
  RL1011: {
    title: 'Too many values',
    message: 'the file must not expand to more than {limit} values',
    hint: 'aliases count as often as they are used; write it without nested aliases',
  },
  RL1012: { title: 'Nested too deeply', message: 'the file is nested more than {limit} levels deep' },
  RL1013: { title: 'Key is not text', message: 'a key must be plain text', hint: 'write: key: value' },
  RL1014: {
    title: 'Unknown alias',
    message: 'the alias "*{value}" has no anchor before it',
    hint: 'put text that starts with "*" in quotes',
  },
  RL1101: {
    title: 'File too large',
    message: 'a file of a spec must not be larger than {limit} bytes; this one has {size}',
    hint: 'one file a guest; put large content under files/ and name it with `from`',
  },
  RL1102: { title: 'Not a regular file', message: 'this must be a regular file, not {found}' },
  RL1103: {
    title: 'Unreadable file',
    message: 'the file cannot be read: {detail}',
    hint: 'check it with: ls -l {name}',
  },
  RL1104: {
    title: 'Not UTF-8 text',
    message: 'the file is not UTF-8 text',
    hint: 'convert it: iconv -f LATIN1 -t UTF-8',
  },
  RL1105: {
    title: 'Link leads out of the site',
    message: 'a link in a site must not lead out of it: this one leads to {target}',
    hint: 'copy the file into the site',
  },
  RL1106: {
    title: 'File is not read',
    severity: 'warning',
    message: 'only files that end in .yaml are read',
    hint: 'rename it to {name}',
  },
  RL1107: {
    title: 'No site.yaml',
    message: 'a site needs a site.yaml',
    hint: 'write one that starts with: relight: 1',
  },
  RL1108: {
    title: 'Site is too large',
    message: 'a site must not have more than {limit} files',
    hint: 'is {name} really the directory of a site?',
  },
  RL1109: {
    title: 'No site found',
    message: 'no site was found in {name} nor in /etc/relight',
    hint: 'name its directory with --site DIR or RELIGHT_SITE, or change to a directory that holds site.yaml',
  },
  RL1110: { title: 'Unknown guest', message: 'there is no guest "{name}" in {site}', hint: '{suggestion}' },
  RL1111: { title: 'Unknown format', message: 'the format must be pretty, json or github, not "{value}"' },
  RL1112: {
    title: 'File does not belong to a site',
    message:
      '{name} is not a spec: it must be site.yaml or be in domus/, roles/ or images/ of a site, and end in .yaml',
    hint: 'guests are checked together with their site.yaml, which has their networks and defaults',
  },
  RL1114: {
    title: 'Site directory missing',
    message: '{name} is not a directory',
    hint: 'a site is a directory with a site.yaml; see --site and RELIGHT_SITE',
  },
  RL1113: {
    title: 'Site cannot be used',
    message: 'the spec of "{name}" has errors; nothing was done',
    hint: 'see them with: relight check {name}',
  },
  RL1115: { title: 'No such file', message: '{name} does not exist' },
  RL1116: {
    title: 'Host checks missing',
    message: '--host needs the checks against this machine, which this build does not have',
    hint: 'leave --host out',
  },
} as const satisfies Record<string, CodeEntry>;
