/**
 * What goes into a layout and what comes out: numbers in, numbers out.
 * Coordinates are layout units (one unit is one CSS pixel at scale 1), y downwards; ids are the caller's.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Size {
  /** Left and top. */
  readonly x: number;
  readonly y: number;
}

export interface LayoutNode extends Size {
  readonly id: number;
  /** The box that it is in; in none where absent. */
  readonly box?: number | null;
  /** Room at its top that no edge meets, where edges come from the side. */
  readonly crown?: number;
  /** Stands before all others, or after them: where edges enter and leave a box. */
  readonly end?: 'first' | 'last';
}

/** A box around nodes and other boxes. */
export interface LayoutBox {
  readonly id: number;
  readonly box: number | null;
  /** Room for what is written at its top. */
  readonly header: Size;
}

/** Data flows from `source` to `target`; `slot` is the input number at the target and orders edges left to right. */
export interface LayoutEdge {
  readonly id: number;
  readonly source: number;
  readonly target: number;
  readonly slot: number;
  /** Where it leaves the source and meets the target, sideways from their middles; anywhere where absent. */
  readonly exit?: number;
  readonly entry?: number;
}

export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly LayoutEdge[];
  /** Those around others before them. */
  readonly boxes?: readonly LayoutBox[];
}

export type Direction = 'down' | 'right';

export interface LayoutOptions {
  readonly direction: Direction;
  /** Gap between neighbours in a layer; default 32. */
  readonly nodeGap?: number;
  /** Gap between layers; default 56 down, 112 to the right, where numbers lie along the edges. */
  readonly layerGap?: number;
}

export interface PlacedNode extends Size {
  readonly id: number;
  /** The box that it is in; in none where absent. */
  readonly box?: number | null;
  /** How far it has appeared, 0 to 1; all the way where absent. */
  readonly presence?: number;
  /** Centre. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedBox extends PlacedNode {
  /** The room at its top left for what is written there. */
  readonly header: Size;
}

/** The centre of the room for a number on an edge, and how wide it may be. */
export interface Label extends Point {
  readonly width: number;
  /** How far right of its edge, or below it, that is: the number goes back by as much as its room has left. */
  readonly aside: Point;
}

/**
 * A smooth curve from source to target: `points` is flat, x0 y0, then for each cubic Bézier piece
 * c1x c1y c2x c2y x y. It starts on the source's border and ends on the target's.
 */
export interface Route {
  readonly id: number;
  /** How far it has appeared, 0 to 1; all the way where absent. */
  readonly presence?: number;
  readonly source: number;
  readonly target: number;
  readonly points: readonly number[];
  /** Where a number about this edge is; null where there is no room for one. */
  readonly label: Label | null;
}

export interface Layout {
  readonly direction: Direction;
  readonly nodes: ReadonlyMap<number, PlacedNode>;
  readonly edges: ReadonlyMap<number, Route>;
  /** Those around others before them. */
  readonly boxes: ReadonlyMap<number, PlacedBox>;
  /** Everything, curves and numbers on edges included; empty graph: all zero. */
  readonly bounds: Rect;
}
