/** Light or dark: the system's choice until the switch is used; then the reader's, remembered. */
import type { Theme } from '../scene/types';
import { keep, kept } from './kept';

const NAME = 'theme';

export class ThemeChoice {
  #system = $state<Theme>('light');
  #chosen = $state<Theme | null>(null);

  constructor() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => (this.#system = dark.matches ? 'dark' : 'light');
    follow();
    dark.addEventListener('change', follow);
    const stored = kept(NAME);
    if (stored === 'light' || stored === 'dark') this.#chosen = stored;
  }

  get theme(): Theme {
    return this.#chosen ?? this.#system;
  }

  /** The other one from now on; the system's own choice again where that is the same. */
  toggle(): void {
    const next = this.theme === 'dark' ? 'light' : 'dark';
    this.#chosen = next === this.#system ? null : next;
    keep(NAME, this.#chosen);
  }
}
