/** Edges that meet: a number beside one of them would be taken for that of the one that it is nearest to. */
import { pointAt, type Point } from './curves';

interface Line {
  readonly source: number;
  readonly target: number;
  readonly points: readonly number[];
}

/** Of more than these nobody could tell anyway. */
const MOST = 8;
const SAMPLES = 16;

export class Rivals {
  readonly #lines: readonly Line[];
  /** By their ends; most layouts have no number that stands aside, and never ask. */
  #byEnd: Map<string, Line[]> | null = null;
  readonly #samples = new Map<Line, Point[]>();

  constructor(lines: readonly Line[]) {
    this.#lines = lines;
  }

  /** Whether none that a line meets is nearer to a spot than it is. */
  leave(line: Line, spot: Point): boolean {
    const byEnd = (this.#byEnd ??= groupedByEnd(this.#lines));
    const rivals = endsOf(line).flatMap((end) => byEnd.get(end) ?? []);
    if (rivals.length > MOST) return true;
    const own = this.#distance(line, spot);
    return rivals.every((rival) => rival === line || this.#distance(rival, spot) >= own);
  }

  /** Squared. */
  #distance(line: Line, { x, y }: Point): number {
    return Math.min(...this.#samplesOf(line).map((at) => (at.x - x) ** 2 + (at.y - y) ** 2));
  }

  #samplesOf(line: Line): readonly Point[] {
    const known = this.#samples.get(line);
    if (known) return known;
    const made = Array.from({ length: SAMPLES + 1 }, (_, i) => pointAt(line.points, i / SAMPLES));
    this.#samples.set(line, made);
    return made;
  }
}

function groupedByEnd(lines: readonly Line[]): Map<string, Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) {
    for (const end of endsOf(line)) {
      const group = groups.get(end);
      if (group) group.push(line);
      else groups.set(end, [line]);
    }
  }
  return groups;
}

function endsOf({ source, target }: Line): [string, string] {
  return [`from ${source}`, `to ${target}`];
}
