/** What stands in a row of numbers beside a node. Pure. */
import type { ModelValue } from '../model';
import { fitting, gradientToken } from '../scene';
import type { Token } from '../scene/types';
import { exactText } from './exact';

/** The head of a column. */
export interface Head {
  readonly text: string;
  readonly exact?: string;
}

/** A number, rounded and in full, and its colour. */
export interface Cell {
  readonly text: string;
  readonly exact: string;
  readonly token: Token;
}

const MOST = 9;

/** A value's cell; `missing` where there is none. */
export function valueCell(value: ModelValue | null, missing: string): Cell {
  return {
    text: value ? fitting(value, MOST) : missing,
    exact: value ? exactText(value) : '',
    token: 'ink-soft',
  };
}

/** The same for a gradient, in the colour of its sign. */
export function gradientCell(gradient: ModelValue | null, missing: string): Cell {
  return { ...valueCell(gradient, missing), token: gradient ? gradientToken(gradient) : 'ink-soft' };
}
