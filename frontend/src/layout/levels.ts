/**
 * A graph with boxes, taken apart into flat graphs, one for each box and one for what is in none. An edge is lifted to
 * where the boxes around its ends meet; further in it goes from or to a port on the border of each box. What comes from
 * one node shares its ports.
 */
import type { LayoutBox, LayoutEdge, LayoutGraph, LayoutNode } from './types';

/** A box's id; null for what is in no box. */
export type Home = number | null;

export interface Level {
  readonly box: LayoutBox | null;
  readonly nodes: readonly LayoutNode[];
  /** The boxes directly in it. */
  readonly boxes: readonly number[];
  readonly edges: readonly LevelEdge[];
  readonly ports: readonly LayoutNode[];
}

/** An edge of a level; where an end of it is a box, with the port in there that it goes on from. */
export interface LevelEdge extends LayoutEdge {
  readonly exitPort: number | null;
  readonly entryPort: number | null;
}

/** A part of an edge within one level: the level's edge, and the ports that it begins and ends at. */
export interface Stretch {
  readonly home: Home;
  readonly edge: number;
  readonly from: number | null;
  readonly to: number | null;
}

export interface Levels {
  /** Those around others before them. */
  readonly all: ReadonlyMap<Home, Level>;
  /** By edge, from its source to its target. */
  readonly stretches: ReadonlyMap<number, readonly Stretch[]>;
}

export function takeApart(graph: LayoutGraph): Levels {
  const boxes = graph.boxes ?? [];
  const apart = new Apart(graph.nodes, boxes);
  const stretches = new Map<number, readonly Stretch[]>();
  for (const edge of graph.edges) {
    if (edge.source !== edge.target && apart.has(edge)) stretches.set(edge.id, apart.lift(edge));
  }
  return { all: apart.levels, stretches };
}

type Growing = Level & { nodes: LayoutNode[]; boxes: number[]; edges: LevelEdge[]; ports: LayoutNode[] };

class Apart {
  readonly levels = new Map<Home, Growing>();
  readonly #homes = new Map<number, Home>();
  readonly #ports = new Map<string, number>();
  readonly #merged = new Map<string, number>();
  readonly #slots = new Map<number, number>();
  #free: number;

  constructor(nodes: readonly LayoutNode[], boxes: readonly LayoutBox[]) {
    for (const box of [null, ...boxes]) {
      this.levels.set(box?.id ?? null, { box, nodes: [], boxes: [], edges: [], ports: [] });
    }
    for (const node of nodes) this.levels.get(this.#settle(node))?.nodes.push(node);
    for (const box of boxes) this.levels.get(this.#settle(box))?.boxes.push(box.id);
    this.#free = [...this.#homes.keys()].reduce((most, id) => Math.max(most, id), 0) + 1;
  }

  has({ source, target }: LayoutEdge): boolean {
    return this.#homes.has(source) && this.#homes.has(target);
  }

  lift(edge: LayoutEdge): Stretch[] {
    const [out, into] = [this.#homesOf(edge.source), this.#homesOf(edge.target)];
    const meet = out.find((home) => into.includes(home)) ?? null;
    const stretches: Stretch[] = [];
    let [at, exitPort] = [edge.source, null as number | null];
    for (const home of out.slice(0, out.indexOf(meet))) {
      const port = this.#port(home, 'last', edge.source);
      const drawn = this.#draw(edge, home, { source: at, target: port, exitPort, entryPort: null });
      stretches.push({ home, edge: drawn, from: null, to: port });
      [at, exitPort] = [home ?? at, port];
    }
    let [home, from] = [meet, null as number | null];
    for (const next of [...into.slice(0, into.indexOf(meet)).reverse(), edge.target]) {
      const target = next ?? edge.target;
      const entryPort = next === edge.target ? null : this.#port(next, 'first', edge.source);
      const drawn = this.#draw(edge, home, { source: at, target, exitPort, entryPort });
      stretches.push({ home, edge: drawn, from, to: null });
      if (entryPort === null) break;
      [home, from, at, exitPort] = [next, entryPort, entryPort, null];
    }
    return stretches;
  }

  #settle({ id, box }: LayoutNode | LayoutBox): Home {
    const home = box !== undefined && this.levels.has(box) ? box : null;
    this.#homes.set(id, home);
    return home;
  }

  /** From the innermost box outwards; the last is what is in none. */
  #homesOf(id: number): Home[] {
    const homes: Home[] = [];
    for (let home = this.#homes.get(id); home != null; home = this.#homes.get(home)) homes.push(home);
    return [...homes, null];
  }

  #port(home: Home, end: 'first' | 'last', source: number): number {
    const key = `${home} ${end} ${source}`;
    const known = this.#ports.get(key);
    if (known !== undefined) return known;
    const id = this.#free++;
    this.#ports.set(key, id);
    this.levels.get(home)?.ports.push({ id, width: 0, height: 0, end });
    return id;
  }

  /** The id of the level's edge: one of its own for each that ends at its target, else one for all from one source. */
  #draw(edge: LayoutEdge, home: Home, ends: Omit<LevelEdge, 'id' | 'slot'>): number {
    const { source, target } = ends;
    const arrives = target === edge.target;
    const key = arrives ? `edge ${edge.id}` : `${home} ${edge.source} ${source} ${target}`;
    const known = this.#merged.get(key);
    if (known !== undefined) return known;
    this.#merged.set(key, edge.id);
    const slot = arrives ? edge.slot : (this.#slots.get(target) ?? 0);
    this.#slots.set(target, slot + 1);
    this.levels.get(home)?.edges.push({ id: edge.id, slot, ...ends });
    return edge.id;
  }
}
