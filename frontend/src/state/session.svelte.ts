/** The page as a whole: the four places' states, and what passes between them. The only file that knows them all. */
import { untrack } from 'svelte';
import { buildModel, searchGroups, searchNodes, type ErrorLink, type Model, type Place } from '../model';
import type { MeasureText, Target } from '../scene';
import { fetchDocument, type Document, type Example } from '../api/client';
import {
  documentFromHash,
  documentToHash,
  expressionFromHash,
  expressionToHash,
  fromHash,
  toHash,
  type DocumentPlace,
} from './address';
import { readDocument } from './document';
import { Expression, type Ask, type Manner } from './expression.svelte';
import { Gallery } from './gallery.svelte';
import { Hint } from './hint.svelte';
import { Opening } from './opening.svelte';
import { Inspection } from './inspection.svelte';
import { Player } from './player.svelte';
import { Program } from './program.svelte';
import { Pulling } from './pulling.svelte';
import { Recorded, type Origin } from './recorded.svelte';
import { Search } from './search.svelte';
import { Stage } from './stage.svelte';
import { samePicture } from './structure';
import { ThemeChoice } from './theme.svelte';
import type { Point } from './viewport';
import { ProgramWidth } from './width.svelte';

export type Pane = 'program' | 'inspector';

const NONE: readonly number[] = [];

const reducedMotion = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

export class Session {
  readonly program = new Program({
    tell: (document) => this.#show(document),
    draw: (document) => this.#draw(document),
  });
  readonly expression = new Expression((ask, manner, next) => this.#express(ask, manner, next));
  readonly player = new Player(reducedMotion);
  readonly gallery = new Gallery();
  readonly theme = new ThemeChoice();
  readonly inspection = new Inspection();
  readonly programWidth = new ProgramWidth();
  readonly pulling = new Pulling();
  /** That numbers can be pulled. */
  readonly pullHint = new Hint('pull');
  readonly opening = new Opening(
    (text) => this.#replace(text),
    (document, name) => this.openDocument(document, { name, address: null }),
  );
  readonly search = new Search(
    (text) => this.#find(text),
    (id) => this.#goToFound(id),
  );
  readonly stage: Stage;
  /** The step at which the next document should stand; null: play. */
  #wantedStep: number | null = null;

  /** The pane that shows where program and inspector share one place. */
  #pane = $state<Pane>('program');
  #withCopies = false;
  /** What was built last. */
  #built: { readonly document: Document; readonly model: Model } | null = null;
  #cursorLine = $state<number | null>(null);
  readonly #marked = $derived(this.#nodesAtCursor());
  #sought = $state.raw<Place | null>(null);
  #replaced = $state(0);
  #recorded = $state.raw<Recorded | null>(null);

  constructor(measure: MeasureText) {
    this.stage = new Stage(measure, reducedMotion);
  }

  get pane(): Pane {
    return this.#pane;
  }
  /** The nodes of the line that the cursor is on. */
  get marked(): readonly number[] {
    return this.#marked;
  }
  /** The place in the program that was asked for last; another object each time. */
  get sought(): Place | null {
    return this.#sought;
  }
  /** The example that the program is, as long as it is left as it came. */
  get example(): Example | null {
    return this.gallery.find(this.program.text);
  }
  /** How often another program was put in the place of the one that was there. */
  get replaced(): number {
    return this.#replaced;
  }
  /** The document that was opened as it is, in the place of a program. */
  get recorded(): Recorded | null {
    return this.#recorded;
  }
  /** The address as it should read now. */
  get hash(): string {
    return this.hashDue();
  }
  /** What gives the address that should be read now, whenever it is called: a program is compressed only then. */
  get hashDue(): () => string {
    const step = this.player.model ? this.player.step : null;
    const [recorded, { expression, text }] = [this.#recorded, this.program];
    if (recorded) return () => documentToHash({ address: recorded.address, step });
    if (expression) return () => expressionToHash({ ask: expression, step });
    const example = this.example?.name ?? null;
    return () => toHash({ source: text, step, example });
  }

  /** What the address names, or else the first example; done once it is on its way, and the examples are listed. */
  async start(hash: string): Promise<void> {
    const place = documentFromHash(hash) ?? expressionFromHash(hash) ?? fromHash(hash);
    if (place) this.goTo(hash);
    try {
      await this.gallery.load();
      if (!place) await this.#openFirst();
    } catch {
      this.program.lose(() => this.start(hash));
    }
  }

  /** Follows an address that was typed, pasted or gone back to. */
  goTo(hash: string): void {
    if (hash === this.hash) return;
    const recorded = documentFromHash(hash);
    if (recorded) {
      void this.#fetch(recorded);
      return;
    }
    const expression = expressionFromHash(hash);
    const place = fromHash(hash);
    if (!expression && !place) return;
    this.#recorded = null;
    this.#wantedStep = (expression ?? place)?.step ?? null;
    if (expression) this.expression.put(expression.ask);
    if (!place) return;
    if (place.example !== null) void this.gallery.recall(place.example);
    void this.program.open(place.source);
  }

  /** Plays a document that is there already, a recording of someone's own model; its sources are shown to be read. */
  openDocument(document: Document, origin: Origin, step: number | null = null): void {
    this.#replaced++;
    this.#pane = 'program';
    this.#wantedStep = step;
    this.stage.startAnew();
    this.#recorded = new Recorded(document, origin);
    this.program.adopt(document);
  }

  async openExample(name: string): Promise<void> {
    this.#replace((await this.gallery.fetch(name)).source);
  }

  /** Plays no further what is of an earlier program. */
  restWhereStale(): void {
    if (this.program.stale) untrack(() => this.player.pause());
  }

  selectNode(node: number | null): void {
    if (node !== null) this.#goToIteration(node);
    this.stage.select(node === null ? null : { kind: 'node', id: node });
    if (node !== null) this.stage.reveal(node);
  }

  /** Puts copies that nothing uses into the graph, or leaves them out. */
  showCopies(shown: boolean): void {
    const { document } = this.program;
    this.#withCopies = shown;
    this.#built = null;
    if (document) this.#show(document);
  }

  /** To a step, with its node in sight. */
  goToStep(step: number): void {
    this.player.pause();
    this.player.seek(step);
    const node = this.player.subject;
    this.showIteration();
    if (node !== null) this.stage.reveal(node);
  }

  /** To what had a part in an error: its node on the stage, its line in the program. */
  goToLink({ nodes: [node], place }: ErrorLink): void {
    if (node !== undefined) this.selectNode(node);
    if (place) this.goToSource(place);
  }

  selectGroup(group: number): void {
    this.stage.select({ kind: 'group', id: group });
  }

  /**
   * A tap on the stage selects, and brings what the inspector says of it into sight. A group also opens or closes by it;
   * what is selected in it then stays so.
   */
  pick(target: Target | null, at?: Point): void {
    if (target?.kind === 'group') {
      const keeps = this.stage.isSelectedIn(target.id);
      this.stage.toggle(target.id, at);
      if (keeps) return;
    }
    if (target?.kind === 'node') this.#goToIteration(target.id);
    this.stage.select(target);
    if (target) this.#pane = 'inspector';
  }

  /** Opens the closed group that the selection or else the playhead is in, or closes the innermost one around it. */
  openGroup(open: boolean): void {
    const node = this.stage.selectedNode ?? this.player.current?.node ?? null;
    const group = this.stage.selectedGroup(!open) ?? (node === null ? null : this.stage.groupAt(node, open));
    if (group !== null) this.stage.toggle(group);
  }

  showPane(pane: Pane): void {
    this.#pane = pane;
  }

  goToSource(place: Place): void {
    this.#pane = 'program';
    this.#recorded?.show(place.source);
    this.#sought = { ...place };
  }

  /** The cursor is on a line of the program (null: it is not in the program). */
  setCursor(line: number | null): void {
    this.#cursorLine = line;
  }

  /** Of a loop's iterations the stage shows that of the playhead; what was selected stays so in its like there. */
  showIteration(): void {
    const { model, shown, step } = this.player;
    if (!model || !shown) return;
    const source = this.player.current?.place?.source;
    if (source !== undefined) this.#recorded?.show(source);
    this.stage.show(shown);
    const { selectedNode } = this.stage;
    const like = selectedNode === null ? null : model.counterpart(selectedNode, step);
    if (like !== null && like !== selectedNode) this.stage.select({ kind: 'node', id: like });
  }

  /** What `ms` of time brings; whether there is more to come. */
  advance(ms: number): boolean {
    this.player.advance(ms);
    this.stage.follow(this.player.subject, this.player.playing);
    this.stage.advance(ms);
    this.program.drawn();
    return this.player.playing || this.stage.moving;
  }

  /** A node of another iteration than the playhead's takes the playhead there. */
  #goToIteration(node: number): void {
    const { model, step } = this.player;
    if (!model || model.shownAt(step).has(node)) return;
    const first = model.stepOfNode(node);
    if (first !== null) this.player.seek(first);
  }

  /** Of a loop, what is found in the iteration that is shown; what is only in others where there is nothing here. */
  #find(text: string): readonly number[] {
    const { model, step } = this.player;
    if (!model) return [];
    const groups = this.stage.fold ? searchGroups(model, text, this.stage.fold.grouping) : [];
    const here = [...groups, ...searchNodes(model, text, model.shownAt(step).nodes)];
    return here.length > 0 ? here : searchNodes(model, text, model.nodes.keys());
  }

  /** Ids of groups follow those of nodes. A group opens, and what comes first in it is in sight. */
  #goToFound(id: number): void {
    const group = this.stage.fold?.grouping.groups.get(id);
    if (!group) return this.selectNode(id);
    this.selectGroup(id);
    this.stage.reveal(group.members[0] ?? -1);
  }

  /** An expression, the last one if none is given, in the place of the program, or the program again; Back returns. */
  showExpression(shown: boolean, ask?: Ask): void {
    if (shown === (this.program.expression !== null)) return;
    this.#replaced++;
    if (shown) this.expression.put(ask);
    else void (this.program.text === '' ? this.#openFirst() : this.#put(this.program.text));
  }

  /** The program that was run for the expression, to go on with. */
  openExpressionAsProgram(): void {
    const { document, fresh } = this.program;
    if (document && fresh) this.#replace(document.source);
  }

  /** A number of the program is pulled, or (`over`) was let go of. */
  pull(text: string, over: boolean, next: (() => void) | null): void {
    this.pullHint.close();
    this.#pull(text, over, next);
  }

  #pull(asked: Ask | string, over: boolean, next: (() => void) | null): void {
    this.pulling.pull(over);
    this.program.drag(asked, over, next);
  }

  /** Lines after the program's own, with the import that they need. One undo takes them back. */
  append(lines: string): void {
    const text = this.program.text.trimEnd();
    const head = /^import torch\b/m.test(text) ? text : [text, 'import torch'].filter(Boolean).join('\n\n');
    this.#replace(`${head}\n\n${lines}`);
  }

  #express(ask: Ask, manner: Manner, next: (() => void) | null): void {
    if (manner === 'typed') this.program.edit(ask);
    else if (manner === 'put') void this.program.open(ask);
    else this.#pull(ask, manner === 'slid', next);
  }

  /** Another program in the place of this one, to which Back and undo return. */
  #replace(text: string): void {
    if (text !== this.program.text || this.#recorded || this.program.expression) this.#replaced++;
    this.#pane = 'program';
    void this.#put(text);
  }

  /** A document that lies on this server. */
  async #fetch({ address, step }: DocumentPlace): Promise<void> {
    if (address === null || (this.#recorded?.address === address && this.player.step === step)) return;
    const name = decodeURIComponent(address.split('/').at(-1) ?? address);
    await this.opening.receive(name, async () => {
      const document = await readDocument(await fetchDocument(address));
      await this.program.drawable;
      this.openDocument(document, { name, address }, step);
    });
  }

  async #openFirst(): Promise<void> {
    const first = this.gallery.entries[0];
    if (first) void this.#put((await this.gallery.fetch(first.name)).source);
  }

  #put(text: string): Promise<void> {
    if (text !== this.program.text) this.stage.startAnew();
    this.#recorded = null;
    this.#wantedStep = null;
    return this.program.open(text);
  }

  #modelOf(document: Document): Model {
    if (this.#built?.document !== document) {
      const expressed = this.program.expression !== null;
      this.#built = { document, model: buildModel(document, this.#withCopies, expressed) };
    }
    return this.#built.model;
  }

  /** Other numbers in the picture, ahead of all that is to be read; false where it is another picture. */
  #draw(document: Document): boolean {
    const model = this.#modelOf(document);
    const before = this.player.model;
    if (before === null || !samePicture(before, model)) return false;
    this.stage.load(model, true);
    return true;
  }

  #show(document: Document): void {
    const model = this.#modelOf(document);
    const { step, playing } = this.#whereToStand(model);
    this.#wantedStep = null;
    this.player.load(model, step, playing);
    this.stage.load(model, this.program.pulled);
    this.pulling.see(model, this.program.pulled);
  }

  #nodesAtCursor(): readonly number[] {
    const { model, shown } = this.player;
    return model && shown && this.program.fresh && this.#cursorLine !== null
      ? model.nodesOfLine(this.#cursorLine, shown, this.#recorded?.file)
      : NONE;
  }

  /**
   * At the step that was asked for; where only numbers changed, as it was; where a pull changed more, as far in as it
   * was, or at the end again; else a new picture plays from its start.
   */
  #whereToStand(model: Model): { step: number | null; playing: boolean } {
    const before = this.player.model;
    if (this.#wantedStep !== null) return { step: this.#wantedStep, playing: false };
    if (before && samePicture(before, model)) {
      return { step: this.player.step, playing: this.player.playing };
    }
    if (before && this.program.goesOn) {
      const { step, length, playing } = this.player;
      const last = model.steps.length - 1;
      return { step: step < length - 1 ? Math.min(step, last) : last, playing };
    }
    return { step: null, playing: !reducedMotion() };
  }
}
