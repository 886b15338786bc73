import { describe, expect, test } from 'vitest';
import { recordedGraphs } from '../fixtures/layouts';
import { countCrossings } from './crossings';
import { denseGraph } from './dense';
import { firstOrders, lottery } from './first-orders';
import { assignLayers } from './layering';
import { orderLayers } from './ordering';
import { properGraph, type ProperGraph } from './proper';
import { Sifter } from './sifting';
import type { LayoutGraph } from './types';

const models = recordedGraphs(new URL('../fixtures/models.json', import.meta.url));

function properOf(graph: LayoutGraph): ProperGraph {
  const dense = denseGraph(graph);
  return properGraph(dense, assignLayers(dense));
}

function bipartite(pairs: readonly (readonly [number, number])[]): ProperGraph {
  const ids = [...new Set(pairs.flat())].sort((a, b) => a - b);
  return properOf({
    nodes: ids.map((id) => ({ id, width: 10, height: 10 })),
    edges: pairs.map(([source, target], id) => ({ id, source, target, slot: 0 })),
  });
}

describe('orders', () => {
  test('have no crossing where none is needed', () => {
    const proper = bipartite([
      [0, 7],
      [1, 6],
      [2, 5],
      [3, 4],
      [0, 6],
      [1, 5],
      [2, 4],
    ]);
    expect(countCrossings(proper, orderLayers(proper)[0] as never)).toBe(0);
  });

  test('are those of every vertex once, the best first', () => {
    const proper = properOf(models.get('pinn') as LayoutGraph);
    const orders = orderLayers(proper);
    const crossings = orders.map((order) => countCrossings(proper, order));
    expect(crossings).toEqual(crossings.toSorted((a, b) => a - b));
    for (const { slots, starts } of orders) {
      expect([...slots].sort((a, b) => a - b)).toEqual(Array.from({ length: proper.count }, (_, v) => v));
      slots.forEach((v, i) => {
        const layer = proper.layers[v] ?? 0;
        expect(i >= (starts[layer] ?? 0) && i < (starts[layer + 1] ?? 0)).toBe(true);
      });
    }
  });
});

describe('sifting', () => {
  test('never makes more crossings than there were', () => {
    const proper = properOf(models.get('densenet') as LayoutGraph);
    for (const order of firstOrders(proper, 6)) {
      const sifter = new Sifter(proper);
      sifter.lineUp(order);
      sifter.writeTo(order);
      const before = countCrossings(proper, order);
      sifter.sift(1e7);
      sifter.writeTo(order);
      expect(countCrossings(proper, order)).toBeLessThanOrEqual(before);
    }
  });

  test('gains by kicks what no block alone can, and never loses by one', () => {
    const proper = properOf(models.get('proximal-policy') as LayoutGraph);
    const [order] = firstOrders(proper, 1);
    if (order === undefined) throw new Error('no order');
    const sifter = new Sifter(proper);
    sifter.lineUp(order);
    sifter.sift(1e7);
    const count = (): number => {
      sifter.writeTo(order);
      return countCrossings(proper, order);
    };
    const [stuck, chance] = [count(), lottery(1)];
    for (let kick = 0, before = stuck; kick < 200; kick++) {
      const saved = sifter.kick(chance);
      expect(count()).toBe(before - saved);
      expect(saved).toBeGreaterThanOrEqual(0);
      before -= saved;
    }
    expect(count()).toBeLessThan(stuck - 5);
  });

  test('lines blocks up as a layered order has them', () => {
    const proper = bipartite([
      [0, 3],
      [1, 2],
    ]);
    const [order] = firstOrders(proper, 1);
    if (order === undefined) throw new Error('no order');
    const before = [...order.slots];
    const sifter = new Sifter(proper);
    sifter.lineUp(order);
    sifter.writeTo(order);
    expect([...order.slots]).toEqual(before);
  });
});

test('lots are drawn alike every time, and within bounds', () => {
  const draw = (): number[] => {
    const chance = lottery(5);
    return Array.from({ length: 50 }, () => chance(7));
  };
  expect(draw()).toEqual(draw());
  expect(new Set(draw()).size).toBe(7);
});
