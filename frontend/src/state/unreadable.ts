/** A file that cannot be opened, and why. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}
