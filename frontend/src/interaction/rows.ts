/** How a line of a program is set; one that is too long goes on further in, so that it reads as one. Pure. */

/** Columns that a line goes on further in; and those that it may begin at, at most, as far as this is concerned. */
const FURTHER = 4;
const DEEPEST = 12;

/** The columns at which the rows after its first begin. */
export function furtherOf(line: string): number {
  return Math.min(line.length - line.trimStart().length, DEEPEST) + FURTHER;
}

/** Whether it is a comment, beside which nothing is told: it has the width to itself. */
export function isProse(line: string): boolean {
  return line.trimStart().startsWith('#');
}
