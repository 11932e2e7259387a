/** Imports lead one way through the rooms, form no cycle, and reach `conformance/` only from tests. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cycles, isTest, roomOf, wrongWay } from './graph.ts';
import { ROOMS } from './rooms.ts';
import { importGraph, PRODUCT, targetsOf } from './sources.ts';

const GRAPH = importGraph();

test('imports lead to rooms above', () => {
  assert.equal(wrongWay(GRAPH, ROOMS), []);
});

test('files do not import each other in a cycle, not even by types', () => {
  assert.equal(cycles(GRAPH), []);
});

test('every room has files', () => {
  const used = new Set([...GRAPH.keys()].map((file) => roomOf(file, ROOMS)?.name));
  assert.equal(
    ROOMS.flat().filter((name) => !used.has(name)),
    [],
  );
});

test('only tests import conformance/', () => {
  const users = PRODUCT.filter((source) => !['conformance', 'docs', 'bench'].includes(source.folder));
  assert.equal(
    users.filter((source) => targetsOf(source).some((one) => one.startsWith('conformance/'))).map(({ file }) => file),
    [],
  );
});

test('no file imports a test, except a long test the one with its name', () => {
  for (const [file, targets] of GRAPH) {
    const own = file.replace(/\.long-test\.ts$/, '.test.ts');
    assert.equal(
      targets.filter((target) => isTest(target) && target !== own),
      [],
      file,
    );
  }
});

test.run();
