import { findQuestion } from './preseed-questions.ts';

/** The zones that tzdata offers: its templates name them by area. Without a suite, those of the newest. */
export function listZones(suite?: string): readonly string[] {
  const areas = findQuestion('tzdata/Areas', suite)?.choices ?? [];
  return areas.flatMap((area) =>
    (findQuestion(`tzdata/Zones/${area}`, suite)?.choices ?? []).map((zone) => `${area}/${zone}`),
  );
}
