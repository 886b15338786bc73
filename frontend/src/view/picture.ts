/** The stage's shapes for this moment: the scene, and on top of it a ring around what the cursor's line made or a search found. */
import type { Layout } from '../layout/types';
import { buildScene, type Shape } from '../scene';
import type { Session } from '../state/session.svelte';
import { visible } from '../state/viewport';

const RING_GAP = 5;

export function pictureOf({ player, stage, theme, marked, search }: Session): Shape[] {
  const { model, playhead } = player;
  const { layout, selection, hovered } = stage;
  if (!model || !layout) return [];
  const viewport = visible(stage.view, stage.screen);
  const scene = buildScene({ model, layout, playhead, selection, hovered, theme: theme.theme, viewport });
  const ringed = new Set([...marked, ...search.results]);
  return [...scene, ...Array.from(ringed).flatMap((node) => ring(layout, node))];
}

function ring(layout: Layout, node: number): Shape[] {
  const place = layout.nodes.get(node);
  if (!place) return [];
  const [w, h] = [place.width + 2 * RING_GAP, place.height + 2 * RING_GAP];
  const box = { x: place.x - w / 2, y: place.y - h / 2, w, h, radius: 10 };
  return [{ type: 'rect', key: `mark:${node}`, ...box, stroke: 'focus', width: 1.5, dash: [4, 3] }];
}
