/**
 * The parts of Vega that the charts use, under the name `vega` in the build (vite.config.ts).
 *
 * A specification holds places in pixels, so maps, forces, trees, regressions and the like stay out of the page.
 */
import { transforms } from "vega-dataflow";
import * as encoders from "vega-encode";
import * as general from "vega-transforms";
import * as layout from "vega-view-transforms";

Object.assign(transforms, general, layout, encoders);

export { parse } from "vega-parser";
export { hasOwnProperty, isObject, isString, stringValue } from "vega-util";
export { View } from "vega-view";
