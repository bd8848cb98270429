/** A parent for the test of a parent's death: starts the sample and says where it listens. */
import { sampleWithLog, never } from './startedSample.ts';

const { sample } = sampleWithLog(process.env['KHIPU_TEST_CACHE'] ?? '');
const address = await sample.start(never);
process.send?.(address);
