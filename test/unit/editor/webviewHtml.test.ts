import assert from 'node:assert/strict';
import { webviewHtml, webviewPolicy } from '../../../src/editor/webviewHtml.ts';

const page = {
  cspSource: 'https://*.vscode-cdn.net',
  scriptUri: 'https://file.vscode-cdn.net/dist/webview/main.js',
  styleUri: 'https://file.vscode-cdn.net/dist/webview/main.css',
  nonce: 'abc123',
  title: 'Khipu',
};

describe('the page of a webview', () => {
  it('has a policy that allows its script, its styles, its fonts and pictures of its own making, and nothing else', () => {
    assert.equal(
      webviewPolicy('https://*.vscode-cdn.net', 'abc123'),
      "default-src 'none'; script-src 'nonce-abc123'; style-src https://*.vscode-cdn.net 'nonce-abc123'; " +
        "font-src https://*.vscode-cdn.net; img-src blob:; base-uri 'none'; form-action 'none'",
    );
    assert.doesNotMatch(
      webviewPolicy(page.cspSource, page.nonce),
      /unsafe|\*(?!\.)|data:|img-src (?!blob:;)|connect/,
    );
  });

  it('carries the policy before anything that is loaded, and the nonce on its one script', () => {
    const html = webviewHtml(page);
    assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<link'));
    assert.deepEqual(html.match(/<script[^>]*>/g), [`<script nonce="abc123" src="${page.scriptUri}">`]);
    assert.doesNotMatch(html, /<style|style=|\son\w+=/);
  });

  it('escapes what it is given', () => {
    const html = webviewHtml({
      ...page,
      title: '</title><script>alert(1)</script>',
      scriptUri: '"><img src=x>',
    });
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.doesNotMatch(html, /<img/);
    assert.match(html, /<title>&lt;\/title&gt;/);
  });
});
