/** The inspector's tabs, in order. A further one is a row here and a component that takes a subject. */
import type { Component } from 'svelte';

import type { Model, ModelEdge, ModelNode } from '../../model';
import type { Session } from '../../state/session.svelte';
import EdgeSummary from './EdgeSummary.svelte';
import NodeSummary from './NodeSummary.svelte';

/** What is inspected: a node or an edge. */
export type Subject =
  { readonly kind: 'node'; readonly node: ModelNode } | { readonly kind: 'edge'; readonly edge: ModelEdge };

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
    component: ({ kind }) => (kind === 'node' ? NodeSummary : EdgeSummary) as Component<TabProps>,
  },
  {
    id: 'data',
    title: 'Data',
    applies: () => true,
    load: () => import('./DataTab.svelte') as Loaded,
  },
  {
    id: 'saved',
    title: 'Saved',
    applies: (subject) => subject.kind === 'node' && subject.node.kind === 'op',
    load: () => import('./SavedTab.svelte') as unknown as Loaded,
  },
];
