/**
 * What is visible of a graph whose groups are open or closed. Ids of what is visible are numbers of one kind: a node's
 * own, beyond them those of groups, and below zero those of a leaf's further appearances.
 */
import type { ModelNode } from './types';

/** `backward`: what a backward pass made, a layer of its own. `part`: a stretch of a long row, made to be readable. */
export type GroupKind = 'module' | 'function' | 'loop' | 'cell' | 'backward' | 'part';

/** A group as it can be drawn: open, as a box around its members, or closed, as one face. */
export interface Group {
  /** Its id among what is visible. */
  readonly id: number;
  readonly kind: GroupKind;
  /** The same in each iteration and each run, as long as the structure stays. */
  readonly key: string;
  /** Within the group around it: "h.0", "loss_of", "for x in xs". */
  readonly name: string;
  /** A module's class. */
  readonly type: string | null;
  readonly parent: Group | null;
  readonly children: readonly Group[];
  /** The nodes in it and in no group within it, in the order in which they are shown. */
  readonly own: readonly number[];
  /** All nodes in it, in the same order. */
  readonly members: readonly number[];
  /** How many of them are operations. */
  readonly operations: number;
  /** The pass that made it, for kind `backward`. */
  readonly pass: number | null;
}

/** The groups of what is shown: those that are worth a box. */
export interface Grouping {
  readonly roots: readonly Group[];
  /** The nodes in no group. */
  readonly own: readonly number[];
  readonly groups: ReadonlyMap<number, Group>;
  /** The innermost group of a node; null where it is in none, undefined where the node is not shown. */
  groupOf(node: number): Group | null | undefined;
}

/** A node, as itself or as one of the appearances of a leaf that is used in many places. */
export interface NodeItem {
  readonly kind: 'node';
  readonly id: number;
  readonly node: ModelNode;
  /** The open group that it is in. */
  readonly box: number | null;
  /** In how many places the node appears. */
  readonly appearances: number;
}

export interface GroupItem {
  readonly kind: 'group';
  readonly id: number;
  readonly group: Group;
  readonly box: number | null;
  /** What leaves the group. */
  readonly outputs: readonly ModelNode[];
  /** Where that is one alone, whose value stands for the group's. */
  readonly output: ModelNode | null;
}

export type Item = NodeItem | GroupItem;

export interface Box {
  readonly id: number;
  readonly group: Group;
  readonly box: number | null;
}

/** An edge between two items, and the model's edges that it stands for. */
export interface FoldEdge {
  /** That of the first of `edges`. */
  readonly id: number;
  readonly source: number;
  readonly target: number;
  readonly slot: number;
  readonly edges: readonly number[];
}

export interface Fold {
  readonly grouping: Grouping;
  readonly items: ReadonlyMap<number, Item>;
  /** Those around others before them. */
  readonly boxes: ReadonlyMap<number, Box>;
  readonly edges: ReadonlyMap<number, FoldEdge>;
  /** The item that shows a node, the first where it appears several times; null where the node is not shown. */
  visibleOf(node: number): number | null;
  /** All items that show a node. */
  facesOf(node: number): readonly number[];
  /** Ids of the visible edges into an item, by slot, and out of it. */
  incoming(item: number): readonly number[];
  outgoing(item: number): readonly number[];
  /** Those between the same two items as this one, itself among them. */
  siblingsOf(edge: FoldEdge): readonly number[];
  /** The visible edge that stands for one of the model's; null where none does. */
  edgeOf(edge: number): number | null;
}
