/** The inspector's tabs, in order. A further one is a row here and a component that takes a subject. */
import type { Component } from 'svelte';

import type { Group, Model, ModelEdge, ModelNode } from '../../model';
import type { Session } from '../../state/session.svelte';
import EdgeSummary from './EdgeSummary.svelte';
import GroupSummary from './GroupSummary.svelte';
import NodeSummary from './NodeSummary.svelte';

/** What is inspected: a node, an edge or a group. */
export type Subject =
  | { readonly kind: 'node'; readonly node: ModelNode }
  | { readonly kind: 'edge'; readonly edge: ModelEdge }
  | { readonly kind: 'group'; readonly group: Group };

/** What has a value of its own. */
export type Valued = Exclude<Subject, { readonly kind: 'group' }>;

const SUMMARIES = { node: NodeSummary, edge: EdgeSummary, group: GroupSummary } as const;

export interface TabProps<S extends Subject = Subject> {
  readonly session: Session;
  readonly model: Model;
  readonly subject: S;
}

type Loaded = Promise<{ readonly default: Component<TabProps> }>;

export interface Tab {
  readonly id: string;
  readonly title: string;
  applies(subject: Subject): boolean;
  /** What comes with the page; other tabs are fetched when they are opened first. */
  readonly component?: (subject: Subject) => Component<TabProps>;
  readonly load?: () => Loaded;
}

export const TABS: readonly Tab[] = [
  {
    id: 'summary',
    title: 'Summary',
    applies: () => true,
    component: ({ kind }) => SUMMARIES[kind] as Component<TabProps>,
  },
  {
    id: 'data',
    title: 'Data',
    applies: ({ kind }) => kind !== 'group',
    load: () => import('./DataTab.svelte') as unknown as Loaded,
  },
  {
    id: 'saved',
    title: 'Saved',
    applies: (subject) => subject.kind === 'node' && subject.node.kind === 'op',
    load: () => import('./SavedTab.svelte') as unknown as Loaded,
  },
];
