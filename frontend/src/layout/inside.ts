/** A level laid out, and the box that it is in the level around it. */
import { boundsOf } from './bounds';
import type { Home, Level } from './levels';
import type { LevelMemory } from './memory';
import type { Layout, LayoutEdge, LayoutNode, LayoutOptions, Rect } from './types';

/** From the contents to the box's border. */
const PAD = 20;
/** From what is last inside to the border that edges leave through. */
const DOOR = 36;

export interface Inside {
  readonly layout: Layout;
  /** The box itself, in the level's own coordinates. */
  readonly frame: Rect;
}

export function insideOf(
  level: Level,
  insides: ReadonlyMap<Home, Inside>,
  options: LayoutOptions,
  memory: LevelMemory,
): Inside {
  const boxes = level.boxes.map((id): LayoutNode => {
    const { width = 0, height = 0 } = insides.get(id)?.frame ?? {};
    return { id, width, height };
  });
  const nodes = [...level.nodes, ...boxes, ...level.ports].map(({ id, width, height, crown = 0, end }) => {
    return end === undefined ? { id, width, height, crown } : { id, width, height, end };
  });
  const edges = level.edges.map(({ id, source, target, slot, exitPort, entryPort }): LayoutEdge => {
    const [exit, entry] = [asideOf(insides.get(source), exitPort), asideOf(insides.get(target), entryPort)];
    const held = { ...(exit === null ? {} : { exit }), ...(entry === null ? {} : { entry }) };
    return { id, source, target, slot, ...held };
  });
  const layout = inLine(level, memory.layOut({ nodes, edges }, options));
  return { layout, frame: level.box === null ? layout.bounds : frameOf(level, layout) };
}

/**
 * What leaves a box does so in line with where most comes in: a row of blocks stands upright, also where each leads
 * from one side to the other.
 */
function inLine(level: Level, layout: Layout): Layout {
  const uses = (port: number): number => level.edges.filter(({ source }) => source === port).length;
  const entries = level.ports.filter(({ end }) => end === 'first').sort((a, b) => uses(b.id) - uses(a.id));
  const [exit, ...others] = level.ports.filter(({ end }) => end === 'last');
  const [from, to] = [layout.nodes.get(entries[0]?.id ?? -1), layout.nodes.get(exit?.id ?? -1)];
  if (from === undefined || to === undefined || others.length > 0) return layout;
  const moved = layout.direction === 'down' ? { ...to, x: from.x } : { ...to, y: from.y };
  return { ...layout, nodes: new Map([...layout.nodes, [to.id, moved]]) };
}

/** How far from the middle of a box one of its ports is. */
function asideOf(inside: Inside | undefined, port: number | null): number | null {
  const at = port === null ? undefined : inside?.layout.nodes.get(port);
  if (at === undefined || inside === undefined) return null;
  const { frame, layout } = inside;
  return layout.direction === 'down' ? at.x - frame.x - frame.width / 2 : at.y - frame.y - frame.height / 2;
}

/** Around the contents; ports lie on its border, wherever the layout put them along the way of the data. */
function frameOf(level: Level, layout: Layout): Rect {
  const { header } = level.box ?? { header: { width: 0, height: 0 } };
  const ports = new Set(level.ports.map(({ id }) => id));
  const places = [...layout.nodes.values()];
  const inner = places.filter(({ id }) => !ports.has(id));
  const routes = [...layout.edges.values()];
  const free = routes.filter(({ source, target }) => !ports.has(source) && !ports.has(target));
  const all = boundsOf(inner, free);
  const across = boundsOf(places, routes);
  const down = layout.direction === 'down';
  const [left, right] = down
    ? [across.x - PAD, across.x + across.width + PAD]
    : [all.x - DOOR, all.x + all.width + DOOR];
  const [top, bottom] = down
    ? [all.y - header.height - PAD / 2, all.y + all.height + DOOR]
    : [across.y - header.height - PAD / 2, across.y + across.height + PAD];
  return { x: left, y: top, width: Math.max(right - left, header.width), height: bottom - top };
}
