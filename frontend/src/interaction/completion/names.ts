/** The names of the language, as `scripts/completion_names.py` writes them: loaded when they are first asked for. */

export type Kind = 'f' | 'c' | 'v';

/** A function, a class or a value, with its parameters as they are written and a line of its docs. */
export interface Entry {
  readonly kind: Kind;
  readonly parameters: string;
  readonly doc: string;
}

/** Name to entry, the entry packed: kind, parameters and docs with line breaks between them. */
export type Packed = Readonly<Record<string, string>>;

export interface Names {
  readonly modules: Readonly<Record<string, Packed>>;
  readonly tensor: Packed;
  readonly module: Packed;
  readonly optimizer: Packed;
  readonly builtins: Packed;
}

export function unpack(packed: string): Entry {
  const [kind = 'v', parameters = '', doc = ''] = packed.split('\n');
  return { kind: kind as Kind, parameters, doc };
}

let loading: Promise<Names> | null = null;

export function loadNames(): Promise<Names> {
  loading ??= import('./names.gen.json').then((file) => file.default);
  return loading;
}
