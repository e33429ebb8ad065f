/** What lies where in the directory of a layer. */
export const layerLayout = {
  /** A whole root for the lowest layer; for the others what is different, as overlayfs keeps it. */
  tree: (layer: string) => `${layer}/tree`,
  /** The filesystem of this layer and all below it. */
  image: (layer: string) => `${layer}/filesystem.img`,
  /** What is in that filesystem: entries in the order of their writing, as JSON. */
  list: (layer: string) => `${layer}/tree.json`,
} as const;
