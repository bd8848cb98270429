import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { commands, settings, treeContext, views } from '../../src/editor/contributions.ts';
import { connectionProfile } from '../../src/database/profile.ts';
import { readSources } from './architecture/imports.ts';

const menuItem = z.object({ command: z.string(), when: z.string().optional(), group: z.string().optional() });
const manifest = z
  .object({
    icon: z.string(),
    activationEvents: z.array(z.string()),
    capabilities: z.object({
      untrustedWorkspaces: z.object({
        supported: z.literal('limited'),
        restrictedConfigurations: z.array(z.string()),
      }),
    }),
    contributes: z.object({
      commands: z.array(
        z.object({ command: z.string(), title: z.string().min(1), category: z.literal('Khipu') }),
      ),
      viewsContainers: z.object({ activitybar: z.array(z.object({ id: z.string(), icon: z.string() })) }),
      views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string(), icon: z.string() }))),
      viewsWelcome: z.array(z.object({ view: z.string(), contents: z.string() })),
      menus: z.record(z.string(), z.array(menuItem)),
      configuration: z.object({
        properties: z.record(
          z.string(),
          z.looseObject({
            type: z.string(),
            scope: z.enum(['application', 'machine', 'machine-overridable', 'window', 'resource']),
            description: z.string().optional(),
            markdownDescription: z.string().optional(),
            default: z.unknown(),
            enum: z.array(z.unknown()).optional(),
            enumDescriptions: z.array(z.string()).optional(),
          }),
        ),
      }),
    }),
  })
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')));
const { contributes } = manifest;
const properties = Object.entries(contributes.configuration.properties);
const menuItems = Object.entries(contributes.menus).flatMap(([menu, items]) =>
  items.map((item) => ({ menu, ...item })),
);

describe('contributions', () => {
  it('names the same commands in package.json and in code, each once', () => {
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).sort(),
      Object.values<string>(commands).sort(),
    );
  });

  it('names the same views and settings in package.json and in code', () => {
    const contributed = Object.values(contributes.views).flatMap((group) => group.map(({ id }) => id));
    assert.deepEqual(contributed, Object.values(views));
    assert.deepEqual(properties.map(([id]) => id).sort(), Object.values<string>(settings).sort());
  });

  it('registers every command once and writes no id by hand', () => {
    const editor = [...readSources('src/editor/*.ts', 'src/extension.ts')].filter(
      ([path]) => !path.endsWith('/contributions.ts'),
    );
    const text = editor.map(([, source]) => source).join('\n');
    for (const name of Object.keys(commands)) {
      const uses = [
        ...text.matchAll(new RegExp(`\\b(?:registerCommand|on)\\(\\s*commands\\.${name}\\b`, 'g')),
      ];
      assert.equal(uses.length, 1, `${name} is registered ${uses.length} times`);
    }
    const ids = [
      ...Object.values<string>(commands),
      ...Object.values<string>(settings),
      ...Object.values(views),
    ];
    const byHand = editor.flatMap(([path, source]) =>
      ids.filter((id) => source.includes(`'${id}'`)).map((id) => `${path}: ${id}`),
    );
    assert.deepEqual(byHand, []);
  });

  it('puts only commands and views that exist into menus and welcome texts', () => {
    const ids = new Set<string>(Object.values(commands));
    const wrong = menuItems.filter(({ command }) => !ids.has(command));
    assert.deepEqual(wrong, []);
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:([\w.]+)/g)].map((match) => match[1]!),
    );
    assert.ok(linked.length >= 2);
    assert.deepEqual(
      linked.filter((id) => !ids.has(id)),
      [],
    );
    const known = Object.values<string>(views);
    for (const { view } of contributes.viewsWelcome) assert.ok(known.includes(view), view);
    const containers = contributes.viewsContainers.activitybar.map(({ id }) => id);
    assert.deepEqual(Object.keys(contributes.views), containers);
  });

  it('shows each item of the tree only for tree items that there are', () => {
    const values = Object.values<string>(treeContext);
    const whole = ['^(connection|sample)', '^question'];
    for (const { menu, command, when = '' } of menuItems) {
      for (const [, view] of when.matchAll(/view == ([\w.]+)/g))
        assert.ok(Object.values<string>(views).includes(view!), view);
      for (const [, pattern] of when.matchAll(/viewItem =~ \/((?:[^/\\]|\\.)*)\//g)) {
        const matched = values.filter((value) => new RegExp(pattern!).test(value));
        assert.ok(matched.length > 0, `${menu} ${command}: no tree item is ${pattern}`);
        assert.ok(matched.length < values.length / 2 || whole.includes(pattern!), `${command}: ${pattern}`);
      }
      for (const [, value] of when.matchAll(/viewItem == ([\w.]+)/g))
        assert.ok(values.includes(value!), value);
    }
    // Each state of a connection can be left from its own item.
    const shownFor = (value: string): string[] =>
      menuItems
        .filter(({ menu }) => menu === 'view/item/context')
        .filter(({ when = '' }) => new RegExp(/viewItem =~ \/(.*)\//.exec(when)?.[1] ?? '^$').test(value))
        .map(({ command }) => command);
    for (const value of [treeContext.connected, treeContext.sampleConnected]) {
      assert.ok(shownFor(value).includes(commands.disconnect), value);
      assert.ok(!shownFor(value).includes(commands.connect), value);
    }
    for (const value of [treeContext.disconnected, treeContext.sampleDisconnected]) {
      assert.ok(shownFor(value).includes(commands.connect), value);
      assert.ok(!shownFor(value).includes(commands.disconnect), value);
    }
  });

  it('describes every setting and gives it a default of its own type', () => {
    for (const [id, setting] of properties) {
      const text = setting.description ?? setting.markdownDescription ?? '';
      assert.ok(text.length > 10, `${id} is not described`);
      const type = Array.isArray(setting.default) ? 'array' : typeof setting.default;
      assert.equal(type, setting.type, `the default of ${id}`);
      if (setting.enum !== undefined) {
        assert.ok(setting.enum.includes(setting.default), id);
        assert.equal(setting.enumDescriptions?.length, setting.enum.length, id);
      }
    }
  });

  it('keeps every setting of a connection, a model or documents from an untrusted workspace', () => {
    const sensitive = properties
      .map(([id]) => id)
      .filter((id) => /^khipu\.(connections|model\.|ollama\.|rag\.|documents\.)/.test(id));
    assert.deepEqual(
      [...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort(),
      sensitive.sort(),
    );
    // A workspace may have connections, which are read beside the user's and only where it is trusted: connectionScopes.test.ts.
    assert.equal(contributes.configuration.properties[settings.connections]?.scope, 'window');
  });

  it('describes a connection in package.json as the code reads it', () => {
    const connections = contributes.configuration.properties[settings.connections];
    const items = z
      .object({
        required: z.array(z.string()),
        properties: z.record(
          z.string(),
          z.looseObject({ default: z.unknown().optional(), enum: z.array(z.string()).optional() }),
        ),
      })
      .parse(connections?.['items']);
    const { properties: read, required = [] } = z.toJSONSchema(connectionProfile, { io: 'input' });
    assert.deepEqual(Object.keys(items.properties).sort(), Object.keys(read ?? {}).sort());
    assert.deepEqual([...items.required].sort(), [...required].sort());
    for (const [name, described] of Object.entries(items.properties)) {
      const own = read?.[name] as { default?: unknown; enum?: string[] };
      assert.deepEqual([described.default, described.enum], [own.default, own.enum], name);
    }
  });

  it('shows the icons that it names', () => {
    const icons = [manifest.icon, ...contributes.viewsContainers.activitybar.map(({ icon }) => icon)];
    for (const icon of icons) readFileSync(join(import.meta.dirname, '../..', icon));
  });
});
