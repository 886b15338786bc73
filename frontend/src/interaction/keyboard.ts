/**
 * A keyboard on the screen lies over the page, or makes its window low. In: how much of it is to be seen. Out: the
 * page's height and, while one writes in little room, the mark `data-keyboard`, for which `styles/page.css` leaves
 * the program and a strip of the stage. Of an editor the line that is written stays in sight.
 */
const WRITTEN = '.cm-content, .program input:not([type="range"])';
/** What a phone shows above a keyboard is at most so high: upright, where it is at most so wide, and on its side. */
const LOW_UPRIGHT = 560;
const UPRIGHT = 500;
const LOW_ASIDE = 300;
/** Less is a bar of the browser's. */
const COVERED = 100;

export function keepAboveKeyboard(page: HTMLElement): () => void {
  const viewport = window.visualViewport;
  if (!viewport) return () => undefined;
  const off = new AbortController();
  const fit = (): void => {
    fitPage(page, viewport);
  };
  for (const type of ['resize', 'scroll']) viewport.addEventListener(type, fit, { signal: off.signal });
  for (const type of ['focusin', 'focusout'])
    page.addEventListener(type, () => requestAnimationFrame(fit), { signal: off.signal });
  fit();
  return () => {
    off.abort();
  };
}

function fitPage(page: HTMLElement, { height, width, scale }: VisualViewport): void {
  if (scale > 1.01) return; // a reader has zoomed in
  const covered = innerHeight - height > COVERED;
  if (covered) page.style.setProperty('--height', `${String(height)}px`);
  else page.style.removeProperty('--height');
  const writes = document.activeElement?.matches(WRITTEN) ?? false;
  const low = height < (width < UPRIGHT ? LOW_UPRIGHT : LOW_ASIDE);
  page.toggleAttribute('data-keyboard', writes && low);
  if (!writes || !low) return;
  scrollTo(0, 0);
  requestAnimationFrame(() =>
    document.querySelector('.cm-focused .cm-activeLine')?.scrollIntoView({ block: 'nearest' }),
  );
}
