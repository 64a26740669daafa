export { accordion, type Box, type BoxOptions, hBox, type Pages, tabs, vBox } from "./boxes.js";
export { type Button, type ButtonOptions, button } from "./button.js";
export { type BooleanOptions, checkbox, type DropdownOptions, dropdown, toggle } from "./choices.js";
export {
  type ColorPickerOptions,
  colorPicker,
  html,
  label,
  type NumberOptions,
  number,
  type TextareaOptions,
  type TextOptions,
  text,
  textarea,
} from "./entries.js";
export { type ImageOptions, image } from "./image.js";
export { type Interaction, interact } from "./interact.js";
export type { ParameterSpec, Parameters, ParameterValue } from "./interact-spec.js";
export { type Output, output } from "./output.js";
export {
  type PlayOptions,
  type ProgressOptions,
  play,
  progress,
  type RangeSliderOptions,
  rangeSlider,
  type SliderOptions,
  slider,
} from "./sliders.js";
export type { ValueWidget, Widget, WidgetOptions } from "./widget.js";
