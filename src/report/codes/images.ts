import type { CodeEntry } from './entry.ts';

/** RL15xx: standard images: bake, store on disk, restore. */
export const IMAGE_CODES = {
  RL1501: {
    title: 'Not an image manifest',
    message: '{place} is no image manifest of format 1: {why}',
    hint: 'bake or pull the image again; an image of another format version needs the relight that made it',
  },
  RL1502: {
    title: 'Not an index of an image store',
    message: '{place} is no index of an image store of format 1',
    hint: 'move it away and bake or pull the images again; chunks that are there are used',
  },
  RL1503: {
    title: 'Image not in the store',
    message: 'the store {store} has no image {image}',
    hint: 'relight image bake {image}',
  },
  RL1504: {
    title: 'Corrupt chunk',
    message: 'the chunk {id} is corrupt: {why}',
    hint: 'relight image verify lists all that is wrong; bake or pull the image again',
  },
  RL1505: {
    title: 'Missing chunks',
    message: 'chunks of the image {image} are missing in the store: {count}',
    hint: 'bake or pull the image again',
  },
  RL1510: {
    title: 'Name that cannot be written into an image',
    message: 'a file of the image has a name that cannot be written, {name}: {why}',
    hint: 'rename or remove it by a command of the image (run)',
  },
  RL1511: {
    title: 'Filesystem of an image not made',
    message: 'debugfs could not fill the image: {error}',
  },
  RL1520: {
    title: 'Not a lock',
    message: '{place} is no lock of an image of format 1',
    hint: 'put it back from your version control, or make a new one: relight image bake NAME --update',
  },
  RL1521: {
    title: 'Packages of the lock are gone',
    message: 'neither cache, vault nor archive has these packages of the lock any more: {names}',
    hint: 'renew the lock: relight image bake NAME --update; to be safe from it, keep packages: relight vault fill',
  },
  RL1522: {
    title: 'Package with another hash',
    message: 'not the packages of the lock, their hashes differ: {names}; they were removed from {cache}',
    hint: 'run the bake again: they are fetched anew',
  },
  RL1523: {
    title: 'Packages are not those of the lock',
    message: 'what was installed is not what the lock says: {differences}',
    hint: 'renew the lock: relight image bake NAME --update',
  },
  RL1524: {
    title: 'Lock for another request',
    message: 'the lock {lock} is for another request: {differences}',
    hint: 'renew it: relight image bake {image} --update',
  },
  RL1525: {
    title: 'Packages cannot be resolved',
    message: 'apt finds no set of packages for the image {image}: {detail}',
    hint: 'look for the package names in the suite, and at the mirror',
  },
  RL1526: {
    title: 'Unknown image',
    message: 'the site {site} has no image {name}',
    hint: 'add it as images/{name}.yaml',
  },
  RL1530: {
    title: 'Image is not clean',
    message: 'an image must not hold what belongs to one machine or one moment: {found}',
    hint: 'remove it by a command of the image (run), or give it to the guests instead',
  },
  RL1531: {
    title: 'New setuid files in an image',
    message: 'these setuid or setgid files were not in the image before: {files}',
    hint: 'when they are meant to be there: relight image bake NAME --accept-setuid',
  },
  RL1540: {
    title: 'Image larger than the disk',
    message: 'the image {image} needs a filesystem of {needed} bytes, and the root disk has room for {size}',
    hint: 'give the root disk a larger size',
  },
  RL1541: {
    title: 'Image for another suite',
    message: 'the image {image} is of {found}, and the guest is {wanted}',
    hint: 'set suite: {found} in the spec, or bake another image',
  },
  RL1542: {
    title: 'Layout an image cannot have',
    message: 'an image is restored onto a plain root disk with ext4, and the spec has {what}',
    hint: 'use layout: plain and ext4, or another route',
  },
  RL1543: {
    title: 'Image for another architecture',
    message: 'the image {image} is for {found}, and this relight builds amd64 guests',
    hint: 'bake the image on this machine: relight image bake NAME',
  },
  RL1544: {
    title: 'Store that others pull from',
    message: '{place} has a signed index: other machines pull from it, and nothing is removed there',
    hint: 'to free room there, move it away and push what is still wanted: relight image push NAME DIRECTORY',
  },
} as const satisfies Record<string, CodeEntry>;
