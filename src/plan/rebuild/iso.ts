import { listInstallerFiles } from '../../render/preseed-files.ts';
import type { Action, DomainDefinition } from '../types.ts';
import { finishInstalled, runInstaller } from './installer.ts';
import { defineInstallerDomain, listInstallerArguments, listInstallerHooks } from './installer-domain.ts';
import { makePreseedRequest } from './preseed.ts';
import type { PlanContext } from './request.ts';

/**
 * Route `iso`: an installation image is remastered for this operation, and an HVM domain with the new root and swap
 * volumes boots it from its CD drive. The guest's own configuration has no CD. The rest is as with route `installer`.
 */
export function installFromImage(context: PlanContext): Action[] {
  const image = `${context.work}/install.iso`;
  const domain: DomainDefinition = {
    ...defineInstallerDomain(context),
    guest: 'hvm',
    boot: 'bios',
    kernel: undefined,
    cdrom: image,
  };
  return [prepareImage(context, image), runInstaller(context, domain), ...finishInstalled(context)];
}

function prepareImage(context: PlanContext, target: string): Action {
  const { guest, iso } = context;
  if (iso === undefined) throw new TypeError('the image was looked for before');
  const { componentSuite } = iso;
  // On Xen each byte of an HVM guest's serial line is an exit to its device model; the installer speaks all the same.
  const quiet = context.facts.hypervisor === 'xl' ? ['quiet'] : [];
  const request = {
    ...makePreseedRequest(context),
    nonce: context.nonce,
    skipBootLoader: true,
    ...(componentSuite === undefined ? {} : { componentSuite }),
  };
  return {
    id: 'prepare-image',
    phase: 'install',
    title: `remaster ${iso.path} for ${guest.name}`,
    creates: [{ kind: 'file', name: target }],
    destroys: [],
    // The image gets its name only when it has been read back.
    probe: { kind: 'path', path: target },
    steps: [
      {
        do: 'build-image',
        image: iso.path,
        insecure: iso.insecure,
        guest: guest.name,
        files: [...listInstallerFiles(request), ...listInstallerHooks(findPrefix(guest.suite))],
        installerArguments: [...listInstallerArguments(context), ...quiet],
        alsoErases: [...request.raidDevices, ...(request.swap === undefined ? [] : [request.swap.device])],
        specHash: context.specHash,
        relight: context.relightVersion,
        target,
      },
    ],
    undo: [
      { do: 'remove', path: target },
      { do: 'remove', path: `${target}.manifest.json` },
    ],
  };
}

/** In the installer's initrd /lib is a link to usr/lib since trixie. */
function findPrefix(suite: string): string {
  return suite === 'bookworm' ? '' : 'usr/';
}
