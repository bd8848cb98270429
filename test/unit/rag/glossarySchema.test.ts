import { join } from 'node:path';
import { glossaryJsonSchema } from '../../../src/rag/glossarySchema.ts';
import { assertGolden } from '../golden.ts';

describe('schemas/khipu.schema.json', () => {
  it('is the schema that the files are read by', () => {
    const file = join(import.meta.dirname, '../../../schemas/khipu.schema.json');
    assertGolden(file, `${JSON.stringify(glossaryJsonSchema(), undefined, 2)}\n`);
  });
});
