/** What a message says, taken apart: names and code stand between backticks, as the server writes them. */

export interface Part {
  readonly text: string;
  readonly code: boolean;
}

/** A backtick that has no other half on its line stands as it is. */
export function partsOf(message: string): Part[] {
  return message
    .split(/(`[^`\n]+`)/)
    .filter((part) => part !== '')
    .map((part) => {
      const code = part.length > 2 && part.startsWith('`') && part.endsWith('`');
      return { text: code ? part.slice(1, -1) : part, code };
    });
}
