/** The page's keys. They are the page's own only where no editor, field or button wants them. */

export interface Verbs {
  toggle(): void;
  stepBy(steps: number): void;
  toStart(): void;
  toEnd(): void;
  fit(): void;
  search(): void;
  clear(): void;
}

type Binding = (verbs: Verbs) => void;

const BINDINGS: Readonly<Record<string, Binding>> = {
  ' ': (verbs) => verbs.toggle(),
  ArrowRight: (verbs) => verbs.stepBy(1),
  ArrowLeft: (verbs) => verbs.stepBy(-1),
  Home: (verbs) => verbs.toStart(),
  End: (verbs) => verbs.toEnd(),
  f: (verbs) => verbs.fit(),
  '/': (verbs) => verbs.search(),
  Escape: (verbs) => verbs.clear(),
};

/** Carries out what a key means for the page. True where it meant something. */
export function onKey(event: KeyboardEvent, verbs: Verbs): boolean {
  const binding = BINDINGS[event.key];
  if (!binding || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (belongsElsewhere(event)) return false;
  event.preventDefault();
  binding(verbs);
  return true;
}

function belongsElsewhere(event: KeyboardEvent): boolean {
  if (!(event.target instanceof Element)) return false;
  if (event.target.closest('input, textarea, select, [contenteditable="true"], [popover], [role="tab"]'))
    return true;
  return event.key === ' ' && event.target.closest('button, a, summary') !== null;
}
