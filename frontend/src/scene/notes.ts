/**
 * The badges on a node or a closed group that say what it has to do with what went wrong: where a NaN or an infinity begins
 * ("first NaN", "∂ first NaN" for a gradient), what part it had in an error ("saved v0", "in place: v1", "∂ needs v0"),
 * and that it went into what failed.
 */
import type { Beginning, ErrorChain } from '../model/types';
import { badge, badgeWidth } from './marks';
import type { Moment } from './moment';
import type { Shape, Token } from './types';

/** Where the badges are: the left end of the first, and the middle of all from above. */
interface Corner {
  readonly x: number;
  readonly y: number;
}

interface Note {
  readonly name: string;
  readonly text: string;
  readonly tone: Token;
}

const OPERAND: Note = { name: 'operand', text: 'went in', tone: 'ink-soft' };
const MIN_SCALE = 0.3;
const GAP = 4;

/** A row of badges, one for each thing that is told of the nodes that `concerns` tells. */
export function noteShapes(
  key: string,
  { x, y }: Corner,
  { beginnings, chains, operands }: Pick<Moment, 'beginnings' | 'chains' | 'operands'>,
  concerns: (node: number) => boolean,
): Shape[] {
  const notes = [
    ...beginnings.filter(({ node }) => concerns(node)).map(beginningNote),
    ...chains.flatMap((chain) => linkNotes(chain, concerns)),
    ...([...operands].some(concerns) ? [OPERAND] : []),
  ];
  let left = x;
  return notes.flatMap(({ name, text, tone }) => {
    const width = badgeWidth(text);
    const at = { x: left + width / 2, y };
    left += width + GAP;
    return filled(badge(`${key}:${name}`, at, text, tone, MIN_SCALE), tone);
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

function beginningNote(beginning: Beginning): Note {
  const { kind, gradient } = beginning;
  return {
    name: `begins-${gradient ? 'gradient' : 'value'}-${kind}`,
    text: `${gradient ? '∂ ' : ''}first ${kind === 'NaN' ? 'NaN' : '∞'}`,
    tone: beginningToken(beginning),
  };
}

function linkNotes({ step, links }: ErrorChain, concerns: (node: number) => boolean): Note[] {
  return links.flatMap(({ nodes, mark }, i) =>
    nodes.some(concerns) ? [{ name: `error-${step}-${i}`, text: mark, tone: 'problem' as const }] : [],
  );
}
