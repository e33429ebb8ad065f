// Reads reports of vitest's json reporter and prints, as the last line, `N passed, N failed`. A test that was skipped is
// a failure: whoever runs this wants every test, so what a skipped one needs is missing here.
import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

const REASON_LINES = 12;

let passed = 0;
const failures = [];
for (const path of process.argv.slice(2)) readReport(path);
for (const { line, reasons } of failures) process.stdout.write(`${[line, ...reasons].join('\n')}\n`);
process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;

function readReport(path) {
  if (!existsSync(path)) {
    fail(`FAILED  ${path}: no report; the run did not get to its end`);
    return;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  for (const file of report.testResults) {
    const name = file.name.replace(`${process.cwd()}/`, '');
    for (const test of file.assertionResults) judge(name, test);
    // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
    const isSilent =
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
    if (isSilent) fail(`FAILED  ${name}:`, [String(file.message)]);
  }
  if (!report.success && failures.length === 0) fail(`FAILED  ${path}: the run failed outside of any test`);
}

function judge(file, test) {
  if (test.status === 'passed') passed += 1;
  else {
    const word = test.status === 'failed' ? 'FAILED ' : 'SKIPPED';
    fail(`${word} ${file}: ${test.fullName}`, test.failureMessages);
  }
}

function fail(line, messages = []) {
  failures.push({ line, reasons: shorten(messages) });
}

/** The first lines of why. */
function shorten(messages) {
  const text = stripVTControlCharacters(messages.join('\n'));
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(0, REASON_LINES).map((line) => `        ${line.slice(0, 160)}`);
}
