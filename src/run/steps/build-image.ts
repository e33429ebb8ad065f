import type { Step } from '../../plan/types.ts';
import { buildImage } from '../image-build.ts';
import type { StepContext } from './context.ts';

type BuildStep = Extract<Step, { do: 'build-image' }>;

const PRESEED_PATH = '/preseed.cfg';
/** Nobody sits before this menu. */
const MENU_SECONDS = 1;

/** Remasters an image for one installation. It stays a CD, so it grows from a copy. @throws Failure RL60xx */
export async function buildGuestImage(step: BuildStep, context: StepContext): Promise<void> {
  const { secrets, listener } = context;
  const preseed = step.files.find(({ path }) => path === PRESEED_PATH);
  listener.progress(0, `remastering ${step.image}`);
  const { origin } = await buildImage(context.runner, {
    guest: step.guest,
    preseed: preseed === undefined ? '' : secrets.resolve(preseed.content),
    initrdFiles: step.files
      .filter((file) => file !== preseed)
      .map(({ path, content, mode }) => ({
        path: path.replace(/^\/+/, ''),
        mode,
        content: new TextEncoder().encode(secrets.resolve(content)),
      })),
    overlays: [],
    installerArguments: step.installerArguments,
    targetArguments: [],
    menuSeconds: MENU_SECONDS,
    specSha256: step.specHash,
    relightVersion: step.relight,
    input: step.image,
    output: step.target,
    origin: { insecure: step.insecure },
    // The image is hashed at this use: beside an installation that is a moment.
    knownHashes: undefined,
    // `resume` after a power cut goes on with it.
    sync: true,
    grow: true,
    // A run that was cut off may have left one.
    force: true,
    eraseDisks: false,
    alsoErases: step.alsoErases,
    signal: context.signal,
  });
  if (origin.kind === 'insecure')
    listener.note(`the origin of ${step.image} was not checked: ${origin.reason}`);
}
