import type { Names } from './names';

declare const names: Names;
export default names;
