/** A file of the guest's root filesystem, owned by root. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
}
