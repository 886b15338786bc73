import { describe, expect, test } from 'vitest';
import { expectedText, loadSample, modelOf, nodeNamed, sampleNames } from '../fixtures/samples';
import { buildModel } from './build';
import { modelToText } from './text';

describe.each(sampleNames)('%s', (name) => {
  const model = modelOf(name);

  test('reads as expected', async () => {
    await expect(modelToText(model)).toMatchFileSnapshot(expectedText(name, 'model'));
  });

  test('has one step for each event and segments without gaps', () => {
    expect(model.steps.map((step) => step.index)).toEqual(model.document.events.map((event) => event.index));
    const ends = model.segments.map((segment) => segment.last);
    expect(model.segments.map((segment) => segment.first)).toEqual(
      [0, ...ends.map((end) => end + 1)].slice(0, ends.length),
    );
    expect(ends.at(-1) ?? -1).toBe(model.steps.length - 1);
  });

  test('knows a value only once it was computed', () => {
    for (const step of model.steps) {
      if (step.kind !== 'forward' || step.node === null || model.stepOfNode(step.node) !== step.index)
        continue;
      expect(model.valueAt(step.node, step.index - 1)).toBeNull();
      expect(model.valueAt(step.node, step.index)).not.toBeNull();
    }
  });

  test("ends with each leaf's .grad as the Document has it", () => {
    for (const leaf of model.document.leaves) {
      const grad = model.gradAt(leaf.node, model.steps.length - 1);
      expect(grad?.data ?? null).toEqual(leaf.grad === null ? null : model.values[leaf.grad]?.data);
    }
  });
});

describe('a leaf used twice', () => {
  const model = modelOf('same-leaf-twice');

  test('has an edge for each use, by slot', () => {
    const twice = model.nodes.find((node) => node.incoming.length === 2);
    expect(twice?.incoming.map((id) => model.edges[id]?.inputNr)).toEqual([0, 1]);
    expect(new Set(twice?.incoming.map((id) => model.edges[id]?.source)).size).toBe(1);
  });

  test('is told in sentences with numbers', () => {
    const sentences = model.steps.map((step) => step.sentence);
    expect(sentences.find((sentence) => sentence.startsWith('mul takes'))).toMatch(
      /^mul takes (.+) and \1 and gives /,
    );
    expect(sentences.find((sentence) => sentence.includes('.grad was None'))).toBeDefined();
    expect(sentences).toContainEqual(
      expect.stringMatching(/^At .+ the gradient .+ arrives; .+ flows back to .+ and .+ to .+\.$/),
    );
  });
});

describe('gradients that accumulate and are cleared', () => {
  const model = modelOf('accumulate-and-zero');
  const kinds = (kind: string) => model.steps.filter((step) => step.kind === kind);

  test('before, added and after make a sum', () => {
    const scalars = kinds('accumulate').map(({ change }) =>
      [change?.before, change?.added, change?.after].map((id) =>
        id == null ? 0 : (model.values[id]?.scalar ?? NaN),
      ),
    );
    expect(scalars.length).toBeGreaterThan(1);
    for (const [before = NaN, added = NaN, after = NaN] of scalars)
      expect(before + added).toBeCloseTo(after, 4);
  });

  test('a cleared gradient is None or zero from that step on', () => {
    for (const step of kinds('grad-cleared')) {
      const left = model.gradAt(step.node ?? -1, step.index);
      expect(left === null || left.norm === 0).toBe(true);
      expect(step.phase).toBe('update');
    }
  });
});

test('a gradient that was changed otherwise is what it was changed to', () => {
  const doc = loadSample('accumulate-and-zero');
  const events = doc.events.map((event) => {
    if (event.kind !== 'accumulate' || event.before === null) return event;
    const { added, pass_index, ...rest } = event;
    expect([added, pass_index]).not.toContain(null);
    return { ...rest, kind: 'grad-changed' as const };
  });
  const model = buildModel({ ...doc, events });
  const step = model.steps.find(({ kind }) => kind === 'grad-changed');
  expect(step?.phase).toBe('update');
  expect(step?.sentence).toMatch(/^x\.grad is changed from \S+ to \S+\.$/);
  expect(step?.change?.before).not.toBeNull();
  expect(model.gradAt(step?.node ?? -1, step?.index ?? -1)?.id).toBe(step?.change?.after);
});

describe('looking up', () => {
  test('a backward step carries gradients on the edges into its node', () => {
    const model = modelOf('diamond');
    for (const step of model.steps.filter(({ kind }) => kind === 'backward')) {
      expect(step.flows.every((flow) => model.edges[flow.edge]?.target === step.node)).toBe(true);
      for (const flow of step.flows) expect(model.edgeGradAt(flow.edge, step.index)?.id).toBe(flow.value);
    }
  });

  test('a line has its nodes', () => {
    const model = modelOf('diamond');
    for (const node of model.nodes) {
      if (node.place?.source === 0) expect(model.nodesOfLine(node.place.line)).toContain(node.id);
    }
    expect(model.nodesOfLine(9999)).toEqual([]);
  });

  test('a cut edge says why', () => {
    const model = modelOf('detach');
    expect(model.edges.map((edge) => edge.cutReason)).toContain('detached');
    expect(model.edges.every((edge) => edge.differentiable === (edge.cutReason === null))).toBe(true);
  });

  test('an update changes what a leaf is from then on', () => {
    const model = modelOf('linear-mse-sgd');
    const update = model.steps.find(({ kind }) => kind === 'update');
    const leaf = update?.node ?? -1;
    const before = model.valueAt(leaf, (update?.index ?? 0) - 1);
    expect(model.valueAt(leaf, update?.index ?? 0)?.id).toBe(update?.change?.after);
    expect(before?.id).not.toBe(update?.change?.after);
  });
});

describe('culprits', () => {
  const doc = loadSample('raising-cells');
  const errors = doc.events.filter(({ kind }) => kind === 'error').map(({ index }) => index);

  test('are the nodes of the chain that led to an error, from its step on', () => {
    const inPlace = modelOf('in-place-error');
    const raised = inPlace.steps.findIndex(({ kind }) => kind === 'error');
    const made = [...inPlace.culpritsAt(raised)].map((id) => inPlace.nodes[id]?.label);
    expect(made).toEqual(['exp', 'add_']);
    expect(inPlace.culpritsAt(raised - 1).size).toBe(0);
    expect(inPlace.operandsAt(raised).size).toBe(0);
  });

  test('are not there where nothing tells who is to blame', () => {
    expect(buildModel(doc).culpritsAt(Infinity).size).toBe(0);
    expect(modelOf('diamond').culpritsAt(Infinity).size).toBe(0);
  });

  test('are the nodes that diagnostics name, where there are any', () => {
    const place = { line: 1, column: 0, end_line: 1, end_column: 1, source: 0 };
    const found = {
      code: 'no-grad-fn',
      severity: 'error' as const,
      message: '',
      node: 1,
      evidence: {},
      fix: null,
    };
    const diagnosed = buildModel({ ...doc, diagnostics: [{ ...found, ...place }] });
    expect([...diagnosed.culpritsAt(errors[0] ?? NaN)]).toEqual([1]);
  });
});

describe('operands of what failed', () => {
  test('are the nodes that the failing code names, at its step alone', () => {
    const model = modelOf('raising-cells');
    const first = model.steps.findIndex(({ kind }) => kind === 'error');
    expect([...model.operandsAt(first)]).toEqual([nodeNamed(model, 'x').id]);
    expect(model.operandsAt(first - 1).size).toBe(0);
    expect(model.operandsAt(first + 1).size).toBe(0);
  });

  test('are what was made last within the failing expression, and what the rest of it names', () => {
    const inPlace = loadSample('in-place-error');
    const events = inPlace.events.map((event) =>
      event.kind === 'error' ? { ...event, message: 'something else' } : event,
    );
    const model = buildModel({ ...inPlace, events });
    const raised = model.steps.findIndex(({ kind }) => kind === 'error');
    const made = [...model.operandsAt(raised)].map((id) => model.nodes[id]?.label);
    expect(made).toEqual(['sum']);
  });
});

test('prints do not break a segment', () => {
  const model = modelOf('gallery-linear-regression');
  expect(model.steps.some((step) => step.kind === 'print')).toBe(true);
  expect(model.segments.every((segment) => segment.phase !== 'other' || segment.first === 0)).toBe(true);
});

test('leaves are called the same everywhere', () => {
  for (const model of sampleNames.map(modelOf)) {
    for (const leaf of model.document.leaves)
      expect(model.nodes[leaf.node]?.name ?? leaf.name).toBe(leaf.name);
  }
});
