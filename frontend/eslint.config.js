import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

import svelteConfig from './svelte.config.js';

/** Left to right: a folder imports itself and what stands before it. The first five are pure. */
const FOLDERS = ['api', 'model', 'layout', 'scene', 'animation', 'state', 'interaction', 'view'];
const PURE = ['model', 'layout', 'scene', 'animation'];

const leftwardsOnly = FOLDERS.map((folder, i) => ({
  files: [`src/${folder}/**/*.{ts,svelte}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...FOLDERS.slice(i + 1).map((right) => ({
            regex: `^(\\.\\./)+${right}(/|$)`,
            message: `${folder}/ stands left of ${right}/ and does not import it.`,
          })),
          ...(PURE.includes(folder)
            ? [
                {
                  group: ['svelte', 'svelte/**', '@codemirror/**'],
                  message: `${folder}/ is pure: no framework.`,
                },
                {
                  regex: '/api/(?!types)',
                  message: `${folder}/ knows the types of the API, not how it is called.`,
                },
              ]
            : []),
        ],
      },
    ],
  },
}));

const pure = {
  files: PURE.map((folder) => `src/${folder}/**/*.ts`),
  ignores: ['**/*.test.ts', '**/worker.ts'],
  rules: {
    'no-restricted-globals': ['error', 'window', 'document', 'fetch', 'performance', 'Date', 'setTimeout'],
    'no-restricted-properties': [
      'error',
      { object: 'Math', property: 'random', message: 'The middle knows no chance.' },
    ],
  },
};

const sizes = {
  files: ['src/**/*.ts', 'e2e/**/*.ts'],
  ignores: ['**/*.test.ts', '**/*.spec.ts', '**/*.gen.ts'],
  rules: {
    'max-lines': ['error', 400],
    'max-lines-per-function': ['error', { max: 40, IIFEs: true }],
    'max-params': ['error', 5],
  },
};

const components = {
  files: ['**/*.svelte'],
  rules: { 'max-lines': ['error', 150], 'svelte/max-lines-per-block': ['error', { script: 80 }] },
};

export default ts.config(
  { ignores: ['test-results/', 'playwright-report/', '**/*.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  prettier,
  ...svelte.configs.prettier,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  { rules: { '@typescript-eslint/consistent-type-imports': 'error', 'no-undef': 'off' } },
  ...leftwardsOnly,
  pure,
  sizes,
  components,
);
