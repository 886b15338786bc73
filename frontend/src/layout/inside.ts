/** A level laid out, with the room that it takes as a box in the level around it. */
import { boundsOf } from './bounds';
import type { Home, Level } from './levels';
import type { LevelMemory } from './memory';
import type { Layout, LayoutNode, LayoutOptions, PlacedNode, Rect } from './types';

/** From the contents to the box's border. */
const PAD = 20;
/** From what is last inside to the border that edges leave through. */
const DOOR = 28;

export interface Inside {
  readonly layout: Layout;
  /** The box itself, in the level's own coordinates. */
  readonly frame: Rect;
  /** What the level around keeps free: the frame, with its main way in or out in the middle. */
  readonly room: Rect;
}

export function insideOf(
  level: Level,
  insides: ReadonlyMap<Home, Inside>,
  options: LayoutOptions,
  memory: LevelMemory,
): Inside {
  const boxes = level.boxes.map((id): LayoutNode => {
    const { width = 0, height = 0 } = insides.get(id)?.room ?? {};
    return { id, width, height };
  });
  const nodes = [...level.nodes, ...boxes, ...level.ports].map(({ id, width, height, end }) => {
    return end === undefined ? { id, width, height } : { id, width, height, end };
  });
  const layout = memory.layOut({ nodes, edges: level.edges }, options);
  if (level.box === null) return { layout, frame: layout.bounds, room: layout.bounds };
  const frame = frameOf(level, layout, insides);
  return { layout, frame, room: roomOf(level, layout, frame) };
}

/** Around the contents; ports lie on its border, wherever the layout put them along the way of the data. */
function frameOf(level: Level, layout: Layout, insides: ReadonlyMap<Home, Inside>): Rect {
  const { header } = level.box ?? { header: { width: 0, height: 0 } };
  const ports = new Set(level.ports.map(({ id }) => id));
  const places = [...layout.nodes.values()].map((place) => framePlace(place, insides.get(place.id)));
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

/** A box as it is drawn, without the room that is kept free around it. */
function framePlace(place: PlacedNode, inside: Inside | undefined): PlacedNode {
  if (inside === undefined) return place;
  const { frame, room } = inside;
  return {
    id: place.id,
    width: frame.width,
    height: frame.height,
    x: place.x - room.width / 2 + frame.x - room.x + frame.width / 2,
    y: place.y - room.height / 2 + frame.y - room.y + frame.height / 2,
  };
}

/** Widened on one side, so that what goes straight through the box comes in at the middle. */
function roomOf(level: Level, layout: Layout, frame: Rect): Rect {
  const uses = (port: number): number =>
    level.edges.filter(({ source, target }) => source === port || target === port).length;
  const [main] = level.ports.toSorted((a, b) => uses(b.id) - uses(a.id));
  const at = main === undefined ? undefined : layout.nodes.get(main.id);
  if (at === undefined) return frame;
  if (layout.direction === 'down') {
    const half = Math.max(at.x - frame.x, frame.x + frame.width - at.x);
    return { ...frame, x: at.x - half, width: 2 * half };
  }
  const half = Math.max(at.y - frame.y, frame.y + frame.height - at.y);
  return { ...frame, y: at.y - half, height: 2 * half };
}
