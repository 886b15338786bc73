/** A value to take along: as text, as JSON, as the PyTorch that makes it. Pure. */
import type { ModelValue } from '../../model';
import { exactNumber } from '../exact';

export const FORMS = ['text', 'JSON', 'Python'] as const;
export type Form = (typeof FORMS)[number];

/** Null where the elements were not kept. */
export function copyOf(value: ModelValue, form: Form): string | null {
  if (value.data === null) return null;
  switch (form) {
    case 'text':
      return exactNumber(value.data);
    case 'JSON':
      return JSON.stringify(value.data);
    case 'Python':
      return pythonOf(value);
  }
}

/** A tensor without elements has only its shape to be told by. */
function pythonOf({ data, shape, dtype }: ModelValue): string {
  const type = `dtype=torch.${dtype}`;
  if (shape.includes(0)) return `torch.empty((${shape.join(', ')}${shape.length === 1 ? ',' : ''}), ${type})`;
  return `torch.tensor(${literal(data)}, ${type})`;
}

function literal(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(literal).join(', ')}]`;
  if (typeof data === 'boolean') return data ? 'True' : 'False';
  if (typeof data === 'object' && data !== null) {
    const { re, im } = data as Record<string, unknown>;
    return `complex(${literal(re)}, ${literal(im)})`;
  }
  return typeof data === 'string' ? (NONFINITE[data] ?? data) : String(data);
}

const NONFINITE: Readonly<Record<string, string>> = {
  NaN: 'float("nan")',
  Infinity: 'float("inf")',
  '-Infinity': 'float("-inf")',
};
