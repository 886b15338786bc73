/**
 * The scene is data: a list of keyed shapes in paint order, in layout coordinates.
 * Colours are token names; `palette[theme][token]` gives the hex. Screen, SVG and tests read the same list.
 */
import type { Layout, Rect } from '../layout/types';
import type { Fold } from '../model/folding';
import type { Model, Playhead } from '../model/types';

export type Theme = 'light' | 'dark';

export type Token =
  | 'paper'
  | 'surface'
  | 'surface-sunk'
  | 'line'
  | 'line-strong'
  | 'ink'
  | 'ink-soft'
  | 'ink-faint'
  | 'forward'
  | 'forward-soft'
  | 'value-negative'
  | 'backward'
  | 'backward-soft'
  | 'gradient-negative'
  | 'update'
  | 'infinite'
  | 'problem'
  | 'problem-soft'
  | 'layer'
  | 'focus';

export type Palette = Readonly<Record<Token, string>>;

/** What a pointer is over, or what is selected. */
export interface Target {
  /** A group is what a closed face or an open box's header stands for; its id is that among what is visible. */
  readonly kind: 'node' | 'edge' | 'group';
  readonly id: number;
}

export interface SceneInput {
  readonly model: Model;
  /** What is visible, and where it is: the one was laid out from the other. */
  readonly fold: Fold;
  readonly layout: Layout;
  readonly playhead: Playhead;
  readonly selection: Target | null;
  readonly hovered: Target | null;
  readonly theme: Theme;
  /** Only what touches this rectangle (layout coordinates) is built; everything where absent. */
  readonly viewport?: Rect;
  /** What needs a larger scale than this to be seen is not built; everything where absent. */
  readonly scale?: number;
}

interface Keyed {
  /** Unique in a scene and stable from frame to frame: "node:3:value". */
  readonly key: string;
  /** Not drawn below this scale (layout units to CSS pixels). */
  readonly minScale?: number;
  /** 0 to 1; default 1. */
  readonly opacity?: number;
}

interface Painted {
  readonly fill?: Token;
  readonly stroke?: Token;
  /** Stroke width in layout units; default 1. */
  readonly width?: number;
  /** Dash pattern in layout units. */
  readonly dash?: readonly number[];
}

export interface RectShape extends Keyed, Painted {
  readonly type: 'rect';
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly radius: number;
}

export interface EllipseShape extends Keyed, Painted {
  readonly type: 'ellipse';
  readonly x: number;
  readonly y: number;
  readonly rx: number;
  readonly ry: number;
}

/** `points` as in a layout's Route; `closed` joins the end to the start. */
export interface PathShape extends Keyed, Painted {
  readonly type: 'path';
  readonly points: readonly number[];
  readonly closed?: boolean;
}

/** Straight lines through `points` (flat x, y). */
export interface PolylineShape extends Keyed, Painted {
  readonly type: 'polyline';
  readonly points: readonly number[];
  readonly closed?: boolean;
}

export interface TextShape extends Keyed {
  readonly type: 'text';
  readonly x: number;
  /** The text's vertical middle. */
  readonly y: number;
  readonly text: string;
  readonly size: number;
  readonly family: 'text' | 'mono';
  readonly weight: 400 | 500 | 600;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly fill: Token;
  /** A line of this colour around the glyphs keeps them readable over edges. */
  readonly halo?: Token;
}

/** A grid of cells: `levels` row by row, from -1 to 1 by value over the largest magnitude; infinities and NaN as such. */
export interface HeatmapShape extends Keyed {
  readonly type: 'heatmap';
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly rows: number;
  readonly columns: number;
  readonly levels: readonly number[];
  readonly positive: Token;
  readonly negative: Token;
  readonly ground: Token;
}

/** A light that travels: a bright core of radius `r` in a halo. */
export interface PulseShape extends Keyed {
  readonly type: 'pulse';
  readonly x: number;
  readonly y: number;
  readonly r: number;
  readonly fill: Token;
}

export type Shape =
  RectShape | EllipseShape | PathShape | PolylineShape | TextShape | HeatmapShape | PulseShape;

/** How layout coordinates reach the screen: `screen = layout * scale + offset`, in CSS pixels. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** Width in layout units of a text at a size; the page passes a canvas's, tests an estimate. */
export type MeasureText = (text: string, size: number, family: 'text' | 'mono') => number;
