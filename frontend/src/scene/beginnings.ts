/** The badge where a NaN or an infinity begins: "first NaN", "∂ first NaN" for a gradient, on a node or a closed group. */
import type { Beginning } from '../model/types';
import { badge, badgeWidth } from './marks';
import type { Shape, Token } from './types';

/** Where a badge is: its left end, and its middle from above. */
interface Corner {
  readonly x: number;
  readonly y: number;
}

const MIN_SCALE = 0.3;
const GAP = 4;

/** A row of badges, one for each beginning. */
export function beginningShapes(key: string, { x, y }: Corner, beginnings: readonly Beginning[]): Shape[] {
  let left = x;
  return beginnings.flatMap((beginning) => {
    const text = badgeText(beginning);
    const width = badgeWidth(text);
    const at = { x: left + width / 2, y };
    left += width + GAP;
    const own = `${key}:begins-${beginning.gradient ? 'gradient' : 'value'}-${beginning.kind}`;
    const tone = beginningToken(beginning);
    return filled(badge(own, at, text, tone, MIN_SCALE), tone);
  });
}

/** The colour of what began. */
export function beginningToken({ kind }: Beginning): Token {
  return kind === 'NaN' ? 'problem' : 'infinite';
}

/** Full of colour, so that it is told from the numbers on edges. */
function filled(shapes: readonly Shape[], tone: Token): Shape[] {
  return shapes.map((shape) => ({ ...shape, fill: shape.type === 'text' ? 'surface' : tone }));
}

function badgeText({ kind, gradient }: Beginning): string {
  return `${gradient ? '∂ ' : ''}first ${kind === 'NaN' ? 'NaN' : '∞'}`;
}
