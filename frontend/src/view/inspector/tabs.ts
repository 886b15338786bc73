/** The inspector's tabs, in order. A further one is a row here and a component that takes a subject. */
import type { Component } from 'svelte';

import type { Group, Model, ModelEdge, ModelNode } from '../../model';
import type { Session } from '../../state/session.svelte';
import NodeSummary from './NodeSummary.svelte';

/** What is inspected: a node, an edge, several of them, or a group. */
export type Subject =
  | { readonly kind: 'node'; readonly node: ModelNode }
  | { readonly kind: 'edge'; readonly edge: ModelEdge }
  /** Several that are drawn as one, between what `title` says. */
  | { readonly kind: 'edges'; readonly title: string; readonly edges: readonly ModelEdge[] }
  | { readonly kind: 'group'; readonly group: Group };

/** What has a value of its own. */
export type Valued = Extract<Subject, { readonly kind: 'node' | 'edge' }>;

const SUMMARIES = { node: NodeSummary, edge: null, edges: null, group: null } as const;
const OTHER_SUMMARIES = {
  edge: () => import('./EdgeSummary.svelte'),
  edges: () => import('./JoinedSummary.svelte'),
  group: () => import('./GroupSummary.svelte'),
} as const;

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
  /** What comes with the page; anything else is fetched when it is opened first. */
  readonly component?: (subject: Subject) => Component<TabProps> | null;
  readonly load?: (subject: Subject) => Loaded;
}

export const TABS: readonly Tab[] = [
  {
    id: 'summary',
    title: 'Summary',
    applies: () => true,
    component: ({ kind }) => SUMMARIES[kind] as Component<TabProps> | null,
    load: ({ kind }) => OTHER_SUMMARIES[kind === 'node' ? 'group' : kind]() as unknown as Loaded,
  },
  {
    id: 'data',
    title: 'Data',
    applies: ({ kind }) => kind === 'node' || kind === 'edge',
    load: () => import('./DataTab.svelte') as unknown as Loaded,
  },
  {
    id: 'saved',
    title: 'Saved',
    applies: (subject) => subject.kind === 'node' && subject.node.kind === 'op',
    load: () => import('./SavedTab.svelte') as unknown as Loaded,
  },
];
