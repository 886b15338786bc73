/** The stage's shapes: what stands still for a while, with rings around what was marked or found, and what moves. */
import { untrack } from 'svelte';
import type { Layout } from '../layout/types';
import { buildMoving, buildStill, draw, palette, type SceneInput, type Shape } from '../scene';
import type { Session } from '../state/session.svelte';
import { readRegion, visible } from '../state/viewport';
import { penOf } from './canvas';
import type { StillLayer } from './layer';

const RING_GAP = 5;

/** For a region of the layout. The caller asks again when the beat of the playhead is another, not for every frame. */
export function stillOf(session: Session, region: string): Shape[] {
  const { stage, marked, search } = session;
  const playhead = untrack(() => session.player.playhead);
  const scene = sceneOf(session, playhead);
  if (!scene) return [];
  const ringed = new Set([...marked, ...search.results]);
  const faces = new Set(Array.from(ringed).flatMap((node) => scene.fold.facesOf(node)));
  const { selection, hovered } = stage;
  return [
    ...buildStill({ ...scene, selection, hovered, ...readRegion(region) }),
    ...Array.from(faces).flatMap((item) => ring(scene.layout, item)),
  ];
}

/** For what the screen shows, in this very frame. */
export function movingOf(session: Session): Shape[] {
  const scene = sceneOf(session, session.player.playhead);
  if (!scene) return [];
  const viewport = visible(session.stage.view, session.stage.screen);
  return buildMoving({ ...scene, selection: null, hovered: null, viewport });
}

/** Draws what stands still through its layer and what moves on top; whether it should be drawn once more, sharper. */
export function paint(
  canvas: HTMLCanvasElement,
  layer: StillLayer,
  { stage, theme }: Session,
  shapes: { still: readonly Shape[]; moving: readonly Shape[] },
): boolean {
  const { view, screen } = stage;
  const [inks, ratio] = [palette[theme.theme], window.devicePixelRatio];
  const context = penOf(canvas, screen);
  const blurred = layer.paint(
    context,
    { shapes: shapes.still, palette: inks, view, screen, ratio },
    shapes.moving.length > 0,
  );
  draw(context, shapes.moving, inks, view);
  return blurred;
}

type Scene = Pick<SceneInput, 'model' | 'fold' | 'layout' | 'playhead' | 'theme'>;

function sceneOf({ stage, theme }: Session, playhead: SceneInput['playhead']): Scene | null {
  const { model, fold, layout } = stage;
  return model && fold && layout ? { model, fold, layout, playhead, theme: theme.theme } : null;
}

function ring(layout: Layout, item: number): Shape[] {
  const place = layout.nodes.get(item);
  if (!place) return [];
  const [w, h] = [place.width + 2 * RING_GAP, place.height + 2 * RING_GAP];
  const box = { x: place.x - w / 2, y: place.y - h / 2, w, h, radius: 10 };
  return [{ type: 'rect', key: `mark:${item}`, ...box, stroke: 'focus', width: 1.5, dash: [4, 3] }];
}
