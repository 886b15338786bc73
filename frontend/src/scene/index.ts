/** The scene's door: model, layout and playhead in, shapes out; and what is done with shapes. */
export { LANES_PADDING, stepAtX, xOf, type Axis } from './axis';
export { buildMoving, buildScene, buildStill } from './build';
export { curveScale } from './curve';
export { changedAreas, extentOf } from './changes';
export { draw, type Draws } from './draw';
export { layoutGraph } from './face';
export { foldedGraph } from './group-face';
export { boxAt, hitTest, type Picture } from './hit';
export { fitting, gradientToken, markedText, valueToken } from './ink';
export { minimapShapes } from './minimap';
export { buildLanes, laneBands } from './lanes';
export { beatOf } from './moment';
export { palette } from './palette';
export { toSvg } from './svg';
export { sceneToText } from './text';
export { estimateText, fonts, type Fonts } from './type';
export { touches, visible } from './visible';
export type * from './types';
