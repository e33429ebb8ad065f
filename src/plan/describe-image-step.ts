import type { ImageStep } from './image-steps.ts';

/** As `describeStep`, for the steps of standard images. */
export function describeImageStep(step: ImageStep): string {
  switch (step.do) {
    case 'fetch-packages':
      return `have ${step.packages.length} packages in ${step.cache}, by hash`;
    case 'make-repository':
      return `make a repository of ${step.packages.length} packages in ${step.directory}`;
    case 'check-packages':
      return `compare the packages of ${step.root} with the lock's ${step.packages.length}`;
    case 'check-hygiene':
      return `look in ${step.root} for what must not be in an image`;
    case 'write-image':
      return `write ${step.root} as a filesystem into ${step.image}`;
    case 'mount-layers':
      return `mount ${step.lower.join(' over ')} at ${step.path}; changes go into ${step.upper}`;
    case 'update-image':
      return `change a copy of the filesystem of ${step.base} into that of ${step.root}, in ${step.image}`;
    case 'store-image':
      return `put ${step.image} into the store ${step.store} as ${step.facts.name}`;
    case 'prune-layers':
      return `remove layers that no image needs from ${step.directory}`;
    case 'restore-image':
      return `write the blocks of ${step.image} to ${step.device} from byte ${step.offset} on`;
  }
}
