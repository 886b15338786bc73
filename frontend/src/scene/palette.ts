/** Every colour, by theme and by what it means: forward is cool, backward warm, the rest paper and ink. */
import type { Palette, Theme } from './types';

const light: Palette = {
  paper: '#faf9f6',
  surface: '#ffffff',
  'surface-sunk': '#f1f0eb',
  line: '#d3d1c9',
  'line-strong': '#8f8d86',
  ink: '#1d1e20',
  'ink-soft': '#4d4f54',
  'ink-faint': '#6b6d72',
  forward: '#1866c9',
  'forward-soft': '#cfe3fb',
  'value-negative': '#6a4fc4',
  backward: '#ad4d00',
  'backward-soft': '#fbe3cd',
  'gradient-negative': '#b4235f',
  update: '#17785a',
  infinite: '#6a6000',
  problem: '#c2181f',
  'problem-soft': '#fbdcdc',
  layer: '#fcf1e6',
  focus: '#1d1e20',
};

const dark: Palette = {
  paper: '#0e1013',
  surface: '#171a1f',
  'surface-sunk': '#20242a',
  line: '#343a43',
  'line-strong': '#6d747f',
  ink: '#eceded',
  'ink-soft': '#b6bac1',
  'ink-faint': '#9298a1',
  forward: '#6db3ff',
  'forward-soft': '#17324f',
  'value-negative': '#ab98ff',
  backward: '#ffa35c',
  'backward-soft': '#45290f',
  'gradient-negative': '#ff7aa8',
  update: '#4fcb9c',
  infinite: '#e0cf55',
  problem: '#ff6f6f',
  'problem-soft': '#4a1b1e',
  layer: '#231a12',
  focus: '#ffffff',
};

export const palette: Readonly<Record<Theme, Palette>> = { light, dark };
