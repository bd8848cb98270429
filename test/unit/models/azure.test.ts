import assert from 'node:assert/strict';
import { azureHint, clientAddress, deploymentOf, isAzure, tidyBaseUrl } from '../../../src/models/azure.ts';

const deployment = 'https://x.openai.azure.com/openai/deployments/my-gpt?api-version=2024-10-21';

describe('azure', () => {
  it('is told by the host, and by nothing that only looks like it', () => {
    for (const url of [
      deployment,
      'https://x.openai.azure.us/openai/v1',
      'https://x.cognitiveservices.azure.com',
      'https://x.services.ai.azure.com/openai/v1',
    ])
      assert.equal(isAzure(new URL(url)), true, url);
    for (const url of [
      'https://x.openai.azure.com.evil.org/',
      'https://evil.org/x.openai.azure.com',
      'https://openai-azure.com/v1',
      'https://api.openai.com/v1',
    ])
      assert.equal(isAzure(new URL(url)), false, url);
  });

  it('keeps the query of the address behind every path, and sends the key in the header of its own', () => {
    assert.deepEqual(clientAddress(new URL(deployment), 'k'), {
      baseURL: 'https://x.openai.azure.com/openai/deployments/my-gpt',
      defaultQuery: { 'api-version': '2024-10-21' },
      defaultHeaders: { Authorization: null, 'api-key': 'k' },
    });
    assert.deepEqual(clientAddress(new URL('https://h.test/v1/?a=1'), 'k'), {
      baseURL: 'https://h.test/v1',
      defaultQuery: { a: '1' },
      defaultHeaders: {},
    });
    assert.deepEqual(clientAddress(new URL('http://localhost/v1'), undefined).defaultHeaders, {
      Authorization: null,
    });
    assert.deepEqual(clientAddress(new URL(deployment), undefined).defaultHeaders, { Authorization: null });
  });

  it('takes what people paste: a bare endpoint, and the address of a call', () => {
    assert.equal(tidyBaseUrl('https://x.openai.azure.com/'), 'https://x.openai.azure.com/openai/v1');
    assert.equal(tidyBaseUrl('https://api.openai.com/v1'), 'https://api.openai.com/v1');
    assert.equal(tidyBaseUrl(deployment.replace('?', '/chat/completions?')), deployment);
    assert.equal(tidyBaseUrl('http://127.0.0.1:1234/v1/chat/completions'), 'http://127.0.0.1:1234/v1');
  });

  it('finds the deployment in a URL', () => {
    assert.equal(deploymentOf(deployment), 'my-gpt');
    assert.equal(deploymentOf('https://x.openai.azure.com/openai/v1'), undefined);
  });

  it('says what a 404 is mostly about', () => {
    assert.match(azureHint(new URL(deployment.split('?')[0]!)) ?? '', /needs its \?api-version=/);
    assert.match(azureHint(new URL(deployment)) ?? '', /name of the deployment/);
    assert.match(azureHint(new URL('https://x.openai.azure.com/v1')) ?? '', /end in \/openai\/v1/);
    assert.equal(azureHint(new URL('https://api.openai.com/v1')), undefined);
  });
});
