/**
 * The model: a Document indexed for looking at, with the timeline spelled out.
 * In: the Document of `api/types.gen.ts`. Out: plain, immutable values; ids are the Document's own ordinals.
 * It never measures, places or draws anything.
 */
import type { components } from '../api/types.gen';

type Schemas = components['schemas'];

export type Document = Schemas['Document'];
export type DocumentNode = Schemas['Node'];
export type DocumentEdge = Schemas['Edge'];
export type DocumentValue = Schemas['Value'];
export type DocumentPass = Schemas['Pass'];
export type DocumentEvent = Document['events'][number];
export type Stats = Schemas['Stats'];
export type Cut = NonNullable<DocumentEdge['cut']>;

/** A number as the Document writes it: non-finite as a string, complex as `{re, im}`, null where undefined. */
export type DocumentNumber = number | string | { [part: string]: number | string } | null;

/** A stretch of source: lines from 1, columns from 0 in code points, the end exclusive. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly source: number;
}

/** A value laid out as a grid for a heatmap: row by row; NaN where the Document has no finite number. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly number[];
  /** True where each cell stands for a block of elements (the Document's downsampled picture). */
  readonly downsampled: boolean;
}

/** A value made ready for reading. */
export interface ModelValue {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** The number when there is exactly one element and it is real (NaN and infinities included), else null. */
  readonly scalar: number | null;
  /** Short text: the rounded number, a few rounded elements, or shape and dtype. */
  readonly text: string;
  /** Shape and dtype, as "2×3 float32" or "scalar float32". */
  readonly shapeText: string;
  /** A grid of at most 256 cells; null for a single number and where nothing was kept. */
  readonly cells: Cells | null;
  /** 2-norm over the finite elements; null where unknown. */
  readonly norm: number | null;
  /** 1, -1 where all elements have that sign (zeros allowed), 0 where all are zero or signs are mixed or unknown. */
  readonly sign: -1 | 0 | 1;
  /** False where a NaN or an infinity is among the elements. */
  readonly finite: boolean;
  /** Whether a NaN is. */
  readonly nan: boolean;
  readonly stats: Stats | null;
  /** Nested lists as the Document holds them, for exact display; null where too large. */
  readonly data: unknown;
}

export type NodeKind = 'leaf' | 'input' | 'op';

/** A number that an operation is drawn with, "× 0.5" or "1 −"; it may change while nothing else does. */
export interface Constant {
  readonly text: string;
  /** Whether it stands left of the symbol. */
  readonly before: boolean;
}

export interface ModelNode {
  readonly id: number;
  readonly kind: NodeKind;
  /** Autograd's own name ("MulBackward0"), null where there is no autograd node. */
  readonly op: string | null;
  /** What the operation is called in PyTorch ("mul"), or the leaf's name. */
  readonly label: string;
  /** What is drawn for an operation: "×", "σ", "@", "x²"; the label's own text where there is no better sign. */
  readonly symbol: string;
  /** The constant beside the symbol; null where there is none. */
  readonly constant: Constant | null;
  /** Whether it is drawn as the constant of its operations alone. */
  readonly folded: boolean;
  /** Every name ever bound to it, in order. */
  readonly names: readonly string[];
  /** The one of them to show, everywhere the same, numbered among its namesakes; null without a name. */
  readonly name: string | null;
  /** What its outputs are called, where there are several; an empty text for one without a name. */
  readonly parts: readonly string[];
  readonly place: Place | null;
  readonly shape: readonly number[] | null;
  readonly dtype: string | null;
  readonly requiresGrad: boolean;
  readonly groups: readonly number[];
  /** Edge ids into this node, by input slot. */
  readonly incoming: readonly number[];
  /** Edge ids out of this node, by edge id. */
  readonly outgoing: readonly number[];
}

export interface ModelEdge {
  readonly id: number;
  readonly source: number;
  readonly target: number;
  readonly outputNr: number;
  readonly inputNr: number;
  readonly differentiable: boolean;
  readonly cut: Cut | null;
  /** Why no gradient passes, in words; null where one can. */
  readonly cutReason: string | null;
}

export type StepKind = DocumentEvent['kind'];
export type Phase = 'forward' | 'backward' | 'update' | 'other';

/** A value travelling along an edge; backwards when the step's phase is 'backward'. */
export interface Flow {
  readonly edge: number;
  readonly value: number | null;
}

/** A leaf's `.grad` or data going from one value to another (value ids). */
export interface Change {
  readonly before: number | null;
  readonly added: number | null;
  readonly after: number | null;
}

/** One moment of the timeline: `steps[i].index === i`, one per event of the Document. */
export interface Step {
  readonly index: number;
  readonly kind: StepKind;
  readonly phase: Phase;
  readonly node: number | null;
  /** Ids of the edges that carry something at this step (those of `flows`). */
  readonly edges: readonly number[];
  readonly flows: readonly Flow[];
  /** Set for 'accumulate', 'retain', 'grad-cleared', 'grad-changed' and 'update'. */
  readonly change: Change | null;
  readonly place: Place | null;
  /** One English sentence with the numbers. */
  readonly sentence: string;
  /** Index of the backward pass, null outside one. */
  readonly pass: number | null;
  readonly cell: number | null;
  /** For 'backward': id of the value that the node's output received, contributions added up. */
  readonly received: number | null;
}

/** Where NaN or an infinity that nobody asked for is first: at the playhead's step of this index. */
export interface Beginning {
  readonly kind: 'NaN' | 'infinity';
  /** Whether it is a gradient's, else a value's. */
  readonly gradient: boolean;
  readonly step: number;
  readonly node: number;
  /** What went into the operation, or arrived at the node; null where it came in as it is. */
  readonly given: 'finite' | 'infinite' | null;
}

/**
 * One part of how an error came about: what saved a tensor, what changed it in place since, which backward needs it.
 * "exp (line 5)" (`text`, empty where it is unknown) "saved its result y at version 0" (`deed`).
 */
export interface ErrorLink {
  readonly role: 'saved' | 'changed' | 'needed';
  readonly nodes: readonly number[];
  readonly place: Place | null;
  readonly text: string;
  readonly deed: string;
  /** What is written on the node: "saved v0". */
  readonly mark: string;
}

/** How the error at a step came about, in the order in which it did. */
export interface ErrorChain {
  readonly step: number;
  readonly links: readonly ErrorLink[];
}

/** A run of steps of the same phase and pass; segments cover the timeline without gaps, in order, ends inclusive. */
export interface Segment {
  readonly phase: Phase;
  readonly pass: number | null;
  readonly first: number;
  readonly last: number;
}

/** One iteration of a training loop, as a stretch of steps, ends inclusive. */
export interface Iteration {
  readonly index: number;
  readonly first: number;
  readonly last: number;
  /** Which one it is of its loop, and before that which ones of the loops around that one; `number` from 1. */
  readonly turns: readonly { readonly number: number; readonly of: number }[];
}

/** A number that was computed again and again and went back each time: a loss. */
export interface Curve {
  readonly name: string;
  /** In order; `step` is the one at which the number was computed. */
  readonly points: readonly { readonly step: number; readonly number: number; readonly value: number }[];
}

/** A stretch of steps, ends inclusive. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

/** What one press steps over. */
export type Unit = 'event' | 'line' | 'node' | 'pass' | 'iteration';

/** Where playback stands: the index of the step in progress and how far it is, 0 to 1. Step -1 is before everything. */
export interface Playhead {
  readonly step: number;
  readonly t: number;
}

/** What the stage shows while the playhead is in one stretch of the timeline. */
export interface Shown {
  /** Says which operations are shown: of two models of the same structure, equal keys show the same nodes. */
  readonly key: string;
  /** Ids in an order that is the same for episodes of the same structure. */
  readonly nodes: readonly number[];
  has(node: number): boolean;
}

export interface Model {
  readonly document: Document;
  /** Where in the source the expression lies that the program was made of, and that alone is shown; null for a program. */
  readonly expression: Place | null;
  /** Indexed by id. */
  readonly nodes: readonly ModelNode[];
  readonly edges: readonly ModelEdge[];
  readonly values: readonly ModelValue[];
  readonly steps: readonly Step[];
  readonly segments: readonly Segment[];
  /** Of the training loop, in order; none where there is no such loop. */
  readonly iterations: readonly Iteration[];
  /** The numbers that backward passes of the same call began at, the one with most of them first. */
  readonly losses: readonly Curve[];
  /** How many copies there are that nothing uses, and whether they are shown all the same. */
  readonly copies: number;
  readonly withCopies: boolean;
  /** The nodes that the graph has at no step: such copies, where they are not shown. */
  readonly leftOut: ReadonlySet<number>;
  /** Where NaN and infinities begin, in order. */
  readonly beginnings: readonly Beginning[];
  /** How errors came about, where that is known, in order. */
  readonly chains: readonly ErrorChain[];
  /** The nodes that are to blame for the errors up to a step, where that is known. */
  culpritsAt(step: number): ReadonlySet<number>;
  /** The nodes that went into what failed at a step, where no more is known. */
  operandsAt(step: number): ReadonlySet<number>;
  /** What the node's value is known to be once step `step` is over; null before its forward step. */
  valueAt(node: number, step: number): ModelValue | null;
  /** The gradient known once step `step` is over: for a leaf its accumulated `.grad`, else what its output received. */
  gradAt(node: number, step: number): ModelValue | null;
  /** The gradient that last travelled back along an edge up to and including `step`, or null. */
  edgeGradAt(edge: number, step: number): ModelValue | null;
  /** The step at which it did; null where nothing has. */
  arrivedAt(edge: number, step: number): number | null;
  /** Whether that gradient is of an earlier pass than the one under way, or else than the last. */
  isPast(edge: number, step: number): boolean;
  /** What came back along the node's outgoing edges in the pass of step `step`, up to and including it. */
  contributionsAt(node: number, step: number): readonly ModelValue[];
  /** Nodes made on a line of a source (the program where none is given), in order; of them those that are shown, if any are. */
  nodesOfLine(line: number, shown?: Shown, source?: number): readonly number[];
  /** The first step that concerns the node, or null. */
  stepOfNode(node: number): number | null;
  /** The steps that concern the node, in order. */
  stepsOfNode(node: number): readonly number[];
  /** What is shown at a step (-1: before everything): of a loop's iterations one, and what it uses. */
  shownAt(step: number): Shown;
  /** The node that stands for this one at a step: itself where it is shown, its like in the iteration shown, or null. */
  counterpart(node: number, step: number): number | null;
}
