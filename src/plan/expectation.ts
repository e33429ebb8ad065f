/** What the end-state check expects of a root filesystem. One row of the printed table each. */
export interface Expectation {
  readonly id: string;
  readonly what: string;
  readonly test:
    | { readonly kind: 'package'; readonly name: string }
    | { readonly kind: 'file'; readonly path: string; readonly content: string; readonly mode?: number }
    | { readonly kind: 'exists'; readonly path: string }
    | { readonly kind: 'absent'; readonly path: string }
    | { readonly kind: 'hash'; readonly path: string; readonly sha256: string; readonly mode: number }
    | { readonly kind: 'link'; readonly path: string; readonly target: string }
    | {
        readonly kind: 'user';
        readonly name: string;
        readonly shell: string;
        readonly groups: readonly string[];
      }
    | { readonly kind: 'locked'; readonly name: string }
    | { readonly kind: 'suite'; readonly suite: string }
    | { readonly kind: 'kernel' }
    | { readonly kind: 'initrd-module'; readonly module: string }
    | { readonly kind: 'line'; readonly path: string; readonly line: string };
}
