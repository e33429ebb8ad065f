import { z } from 'zod';
import { guestSchema, imageSchema, roleSchema, siteSchema } from './schema.ts';

const TITLES = {
  'site.schema.json': ['The site: this dom0 and the defaults of every guest', siteSchema],
  'guest.schema.json': ['A guest (domus/NAME.yaml)', guestSchema],
  'role.schema.json': ['A role (roles/NAME.yaml)', roleSchema],
  'image.schema.json': ['A standard image (images/NAME.yaml)', imageSchema],
} as const;

/** The JSON Schemas (draft 7) for editors, by file name. `check` knows more rules than a JSON Schema can say. */
export function makeJsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(TITLES).map(([file, [title, schema]]) => {
      const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' });
      return [file, `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`];
    }),
  );
}
