/** What the page and the layout worker say to each other. Answers carry the request's id; late ones can be dropped. */
import type { Layout, LayoutGraph, LayoutOptions } from './types';

export interface LayoutRequest {
  readonly type: 'layout';
  readonly id: number;
  readonly graph: LayoutGraph;
  readonly options: LayoutOptions;
}

export type LayoutResponse =
  | { readonly type: 'laid-out'; readonly id: number; readonly layout: Layout }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
