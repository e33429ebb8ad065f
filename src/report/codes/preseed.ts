import type { CodeEntry } from './entry.ts';

/** RL50xx: the text of a preseed file, as the installer's reader and debconf-set-selections(1) take it. */
export const PRESEED_TEXT_CODES = {
  RL5001: { title: 'Preseed cannot be read', message: 'the file cannot be read: {detail}' },
  RL5002: {
    title: 'Not a text file',
    message: 'a preseed is text, and this file holds the byte NUL',
    hint: 'is it compressed, or an image?',
  },
  RL5003: { title: 'No answers', severity: 'warning', message: 'the file holds no answers' },
  RL5004: {
    title: 'Byte order mark',
    message:
      'the file must not start with a byte order mark: the installer takes it for a part of the first line',
    hint: 'remove it: relight lint --fix',
  },
  RL5005: {
    title: 'CR LF line ends',
    severity: 'warning',
    message: 'lines must end with LF, not with CR LF',
    hint: 'convert the file: relight lint --fix',
  },
  RL5006: {
    title: 'Carriage return inside a line',
    message:
      'the installer removes the carriage return inside this line, and debconf-set-selections keeps it',
    hint: 'remove it',
  },
  RL5007: {
    title: 'Control character',
    message: 'the control character {value} becomes part of the answer',
    hint: 'remove it',
  },
  RL5008: {
    title: 'Not UTF-8',
    severity: 'warning',
    message: 'the file is not valid UTF-8',
    hint: 'convert it: iconv -f latin1 -t utf-8',
  },
  RL5009: {
    title: 'Too many findings',
    severity: 'info',
    message: 'there are more than {limit} findings: the others are not shown',
  },
  RL5010: {
    title: 'Blank after the backslash',
    message: 'the backslash does not continue the line: a blank follows it',
    hint: 'remove what follows the backslash: relight lint --fix',
  },
  RL5011: {
    title: 'Comment inside a continuation',
    message:
      'a comment inside a continued line is dropped by the installer and becomes part of the answer for debconf-set-selections',
    hint: 'move the comment above the line',
  },
  RL5012: {
    title: 'File ends in a continuation',
    message: 'the file ends with a backslash: the installer drops this line without a word',
    hint: 'remove the backslash',
  },
  RL5013: {
    title: 'Indented comment',
    message: 'a comment must start in the first column: the installer reads this line as {reading}',
    hint: 'remove the blanks before "#": relight lint --fix',
  },
  RL5014: {
    title: 'Empty line inside a continuation',
    severity: 'warning',
    message: 'the installer goes on after this empty line, and debconf-set-selections ends the answer here',
    hint: 'remove the empty line, or the backslash before it',
  },
  RL5015: {
    title: 'Line without owner, question and type',
    message:
      'a line needs an owner, a question and a type: the installer stops reading here, and nothing below is loaded',
    hint: '{suggestion}',
  },
  RL5016: {
    title: 'Comment after a value',
    message: 'a comment after an answer becomes part of the answer',
    hint: 'put the comment on a line of its own',
  },
  RL5017: {
    title: 'Quotes around a value',
    severity: 'warning',
    message: 'the quotes become part of the answer',
    hint: 'write the answer without quotes',
  },
} as const satisfies Record<string, CodeEntry>;

/** RL51xx: questions, owners and types. */
export const PRESEED_QUESTION_CODES = {
  RL5101: {
    title: 'Misspelled question',
    message: 'there is no question "{value}"',
    hint: 'did you mean "{suggestion}"?',
  },
  RL5102: {
    title: 'Unknown question',
    severity: 'warning',
    message:
      'the question "{value}" is not known: the answer has no effect unless an extra component asks it',
    hint: '{suggestion}',
  },
  RL5103: {
    title: 'Question of another suite',
    severity: 'warning',
    message: 'the installer of {suite} has no question "{value}"',
    hint: '{suggestion}',
  },
  RL5104: {
    title: 'Wrong owner',
    message: 'the owner of "{name}" is {expected}, not {value}',
    hint: '{suggestion}',
  },
  RL5105: {
    title: 'Wrong type',
    severity: 'warning',
    message: 'the type of "{name}" is {expected}, not {value}',
    hint: 'write {expected}: relight lint --fix',
  },
  RL5106: {
    title: 'Unknown type',
    message: '"{value}" is not a type: debconf-set-selections skips this line',
    hint: '{suggestion}',
  },
  RL5107: {
    title: 'Renamed question',
    message: 'the question "{value}" is now "{name}"',
    hint: 'write {name}',
  },
  RL5108: {
    title: 'Answer only on the command line',
    severity: 'warning',
    message: '"{value}" is read before a preseed is loaded',
    hint: 'give it on the kernel command line',
  },
  RL5109: {
    title: 'Error message answered',
    severity: 'warning',
    message: '"{value}" is an error message: an answer hides the error',
    hint: 'remove the line',
  },
} as const satisfies Record<string, CodeEntry>;
