/** A thread that opens one encrypted key and ends. */
import { parentPort } from 'node:worker_threads';
import { openKey, type OpenRequest } from './sshPrivateKey.ts';

parentPort?.once('message', ({ text, passphrase }: OpenRequest) => {
  parentPort?.postMessage(openKey(text, passphrase));
});
