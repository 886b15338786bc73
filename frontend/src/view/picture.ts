/** The stage's shapes for this moment: the scene, and on top of it a ring around what the cursor's line made or a search found. */
import type { Layout } from '../layout/types';
import { buildScene, type Shape } from '../scene';
import type { Session } from '../state/session.svelte';
import { visible } from '../state/viewport';

const RING_GAP = 5;

export function pictureOf({ player, stage, theme, marked, search }: Session): Shape[] {
  const { model, playhead } = player;
  const { fold, layout, selection, hovered } = stage;
  if (!model || !fold || !layout) return [];
  const viewport = visible(stage.view, stage.screen);
  const scene = buildScene({
    model,
    fold,
    layout,
    playhead,
    selection,
    hovered,
    theme: theme.theme,
    viewport,
  });
  const ringed = new Set([...marked, ...search.results]);
  const faces = new Set(Array.from(ringed).flatMap((node) => fold.facesOf(node)));
  return [...scene, ...Array.from(faces).flatMap((item) => ring(layout, item))];
}

function ring(layout: Layout, item: number): Shape[] {
  const place = layout.nodes.get(item);
  if (!place) return [];
  const [w, h] = [place.width + 2 * RING_GAP, place.height + 2 * RING_GAP];
  const box = { x: place.x - w / 2, y: place.y - h / 2, w, h, radius: 10 };
  return [{ type: 'rect', key: `mark:${item}`, ...box, stroke: 'focus', width: 1.5, dash: [4, 3] }];
}
