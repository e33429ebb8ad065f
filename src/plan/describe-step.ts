import { describeImageStep } from './describe-image-step.ts';
import type { Step } from './types.ts';

/** One line that says what a step does, for `plan -v` and `--dry-run`. Secrets appear by name only. */
export function describeStep(step: Step): string {
  switch (step.do) {
    case 'run':
      return `run ${step.argv.map(shorten).join(' ')}`;
    case 'make-directory':
      return `mkdir -m ${step.mode.toString(8)} ${step.path}`;
    case 'write-file':
      return `write ${step.path} (mode ${step.mode.toString(8).padStart(4, '0')})`;
    case 'create-file':
      return `create ${step.path} of ${step.size} bytes`;
    case 'rename':
      return `rename ${step.from} -> ${step.to}`;
    case 'keep-file':
      return `keep a copy of ${step.from} as ${step.to}`;
    case 'restore-file':
      return `put ${step.from} back as ${step.to}`;
    case 'replace-host-file':
      return `write ${step.path} (mode ${step.mode.toString(8).padStart(4, '0')})${step.before === undefined ? '' : ', a copy of the old one kept'}`;
    case 'set-assignments': {
      const values = Object.entries(step.values).map(([name, value]) => `${name}="${value}"`);
      return `set ${values.join(' ')} in ${step.path}, a copy of the old one kept`;
    }
    case 'return-host-file':
      return `put ${step.path} back as it was`;
    case 'symlink':
      return `link ${step.path} -> ${step.target}`;
    case 'remove':
    case 'remove-config':
    case 'remove-work':
      return `remove ${step.path}`;
    case 'mount-root':
      return `mount the root of ${step.device} at ${step.path}${step.readOnly ? ', read-only' : ''}`;
    case 'unmount-root':
      return `unmount ${step.path}`;
    case 'adopt-root':
      return `check the filesystem in partition ${step.partition} of ${step.device} and give it UUID ${step.uuid}`;
    case 'build-initrd':
      return `write ${step.target} from ${step.initrd} and ${step.files.length} files`;
    case 'build-image':
      return `remaster ${step.image} as ${step.target}, with ${step.files.length} files${step.insecure ? '; its origin is not checked' : ''}`;
    case 'keep-logs':
      return `keep the installer's log in ${step.directory}`;
    case 'watch-install':
      return `follow the installer on ${step.domain} for up to ${step.deadline} s${step.served === undefined ? '' : `, serving it the vault on ${step.served.address}:${step.served.port}`}`;
    case 'unpack-overlay':
      return step.entries.length === 0
        ? `put no files into ${step.root}`
        : `put ${step.entries.length} files into ${step.root}: ${step.entries.map((each) => each.path).join(' ')}`;
    case 'set-password':
      return `set the password of ${step.user} from [${step.secret}]`;
    case 'write-grub-config':
      return `write ${step.root}/boot/grub/grub.cfg for its kernels`;
    case 'copy-kernel':
      return `copy kernel and initrd to ${step.directory}`;
    case 'embed-grub':
      return `put GRUB into the MBR and at sector ${step.sector} of ${step.device}`;
    case 'format-if-blank':
      return `format ${step.device} as ${step.filesystem}, only if it carries nothing at all`;
    case 'check-rootfs':
      return `compare ${step.root} with ${step.expectations.length} points of the spec`;
    case 'create-volume':
      return `create volume ${step.volume} of ${step.size} bytes`;
    case 'tag-volume':
      return `tag volume ${step.volume} as ${step.state}`;
    case 'remove-volume':
      return `remove volume ${step.volume} if it is of operation ${step.operation}`;
    case 'start-domain':
      return `start ${step.domain.name} from ${step.config}`;
    case 'wait-ready':
      return `wait up to ${step.deadline} s for the ready line of ${step.domain}`;
    case 'shutdown-domain':
      return `shut ${step.domain} down within ${step.deadline} s`;
    case 'destroy-domain':
      return `end ${step.domain} if it runs`;
    case 'run-checks':
      return `run ${step.checks.length} checks against ${step.domain}`;
    default:
      return describeImageStep(step);
  }
}

/** A word as a shell would take it; of a script its first line. */
function shorten(word: string): string {
  const [line = '', ...more] = word.split('\n');
  if (more.length > 0) return `'${line} ...'`;
  return /^[A-Za-z0-9_@%+=:,./~^-]+$/.test(line) ? line : `'${line.replaceAll("'", `'\\''`)}'`;
}
