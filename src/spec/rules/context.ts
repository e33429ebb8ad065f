import { type Code, type CodeParameters, type IssuePlace, makeIssue } from '../../report/codes.ts';
import type { Issue } from '../../report/issue.ts';
import type { KnownFileKind } from '../parse-site.ts';
import type { SiteSources } from '../read-sources.ts';
import type { GuestSource } from '../sources.ts';
import type { PreseedJudge } from './preseed.ts';

/** What the rules may look at. */
export interface RuleContext {
  readonly sources: SiteSources;
  readonly directory: string;
  readonly siteName: string;
  readonly judgePreseed?: PreseedJudge | undefined;
  readonly knownFiles: ReadonlyMap<string, KnownFileKind> | undefined;
}

/** An issue and the guests or images that it is about; without any it is about all that use the file. */
export interface Finding {
  readonly issue: Issue;
  readonly subjects: readonly string[];
}

/** Collects the findings of one guest or image. */
export class Reporter {
  readonly findings: Finding[] = [];
  readonly #subjects: readonly string[];

  constructor(...subjects: readonly string[]) {
    this.#subjects = subjects;
  }

  /** Reports a broken rule at a place. */
  at<Key extends Code>(place: IssuePlace, code: Key, parameters: CodeParameters<Key>): void {
    this.add(makeIssue(code, parameters, place));
  }

  /** Reports what somebody else has found. */
  add(issue: Issue): void {
    this.findings.push({ issue, subjects: this.#subjects });
  }
}

/** A rule about one guest. The guest's data has the right shape, but parts of it can be missing. */
export type GuestRule = (guest: GuestSource, context: RuleContext, reporter: Reporter) => void;
