/** Steps on files of this machine that may be a person's: what was there is kept, and can be put back. */
export type HostFileStep =
  /** Replaces a file of this machine that may be a person's: only while it still is what the plan saw; a copy is kept. */
  | {
      readonly do: 'replace-host-file';
      readonly path: string;
      readonly content: string;
      readonly mode: number;
      /** SHA-256 of what the plan saw; undefined: nothing was there. */
      readonly before: string | undefined;
      readonly kept: string;
    }
  /** Sets variables in a file of shell assignments and leaves all else as it is; a copy is kept. */
  | {
      readonly do: 'set-assignments';
      readonly path: string;
      readonly values: Readonly<Record<string, string>>;
      readonly kept: string;
    }
  /** Puts back what either of the two above replaced. A file that somebody has changed since is left, and it fails. */
  | { readonly do: 'return-host-file'; readonly path: string; readonly kept: string };
