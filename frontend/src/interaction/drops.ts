/** Files dragged onto the page, wherever they are let go of. Text that is dragged stays the editor's own matter. */

export interface DropEvents {
  /** Whether files are over the page. */
  hovers(over: boolean): void;
  dropped(file: File): void;
}

/** Watches the window until what it returns is called. */
export function watchDrops(events: DropEvents): () => void {
  const off = new AbortController();
  /** Each element that is entered is told apart from the one that is left: the page is left when none remains. */
  let entered = 0;
  const listen = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', act: (event: DragEvent) => void) => {
    const onFiles = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      event.stopPropagation();
      act(event);
    };
    // Before the editor, which would put a file's text where it is dropped.
    window.addEventListener(name, onFiles, { capture: true, signal: off.signal });
  };
  listen('dragenter', () => {
    if (entered++ === 0) events.hovers(true);
  });
  listen('dragover', (event) => {
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
  });
  listen('dragleave', () => {
    if (--entered <= 0) leave();
  });
  listen('drop', ({ dataTransfer }) => {
    leave();
    const file = dataTransfer?.files[0];
    if (file) events.dropped(file);
  });
  function leave() {
    entered = 0;
    events.hovers(false);
  }
  return () => off.abort();
}
