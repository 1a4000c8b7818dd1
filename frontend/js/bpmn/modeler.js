// bpmn-js put together for our designer: without what the engine doesn't run, and without the menus whose icons carry inline styles.
import BaseModeler from "bpmn-js/lib/BaseModeler";
import Viewer from "bpmn-js/lib/Viewer";
import AutoResizeModule from "bpmn-js/lib/features/auto-resize";
import CopyPasteModule from "bpmn-js/lib/features/copy-paste";
import EditorActionsModule from "bpmn-js/lib/features/editor-actions";
import GridSnappingModule from "bpmn-js/lib/features/grid-snapping";
import InteractionEventsModule from "bpmn-js/lib/features/interaction-events";
import KeyboardModule from "bpmn-js/lib/features/keyboard";
import LabelEditingModule from "bpmn-js/lib/features/label-editing";
import ModelingModule from "bpmn-js/lib/features/modeling";
import ModelingFeedbackModule from "bpmn-js/lib/features/modeling-feedback";
import OutlineModule from "bpmn-js/lib/features/outline";
import SnappingModule from "bpmn-js/lib/features/snapping";
import AutoScrollModule from "diagram-js/lib/features/auto-scroll";
import BendpointsModule from "diagram-js/lib/features/bendpoints";
import ConnectionPreviewModule from "diagram-js/lib/features/connection-preview";
import KeepSelectionVisibleModule from "diagram-js/lib/features/keep-selection-visible";
import KeyboardMoveSelectionModule from "diagram-js/lib/features/keyboard-move-selection";
import MoveModule from "diagram-js/lib/features/move";
import ResizeModule from "diagram-js/lib/features/resize";
import KeyboardMoveModule from "diagram-js/lib/navigation/keyboard-move";
import MoveCanvasModule from "diagram-js/lib/navigation/movecanvas";
import ZoomScrollModule from "diagram-js/lib/navigation/zoomscroll";
import { padsModule } from "./pads.js";
import { wordsModule } from "./words.js";
import { zt } from "./zt.js";

class ProcessModeler extends BaseModeler {}

ProcessModeler.prototype._modules = [
  ...Viewer.prototype._modules,
  AutoResizeModule, AutoScrollModule, BendpointsModule, ConnectionPreviewModule, CopyPasteModule, EditorActionsModule,
  GridSnappingModule, InteractionEventsModule, KeepSelectionVisibleModule, KeyboardModule, KeyboardMoveModule,
  KeyboardMoveSelectionModule, LabelEditingModule, ModelingFeedbackModule, ModelingModule, MoveCanvasModule, MoveModule,
  OutlineModule, ResizeModule, SnappingModule, ZoomScrollModule, padsModule,
];

export function coloursOf(element) {
  const styles = getComputedStyle(element);
  const colour = (name) => styles.getPropertyValue(name).trim();
  return { defaultFillColor: colour("--card"), defaultStrokeColor: colour("--ink"), defaultLabelColor: colour("--ink") };
}

export const moddleExtensions = { zt };
export const fontOf = (element) => ({ defaultStyle: { fontFamily: getComputedStyle(element).fontFamily } });

export function makeModeler(container) {
  return new ProcessModeler({
    container,
    moddleExtensions,
    additionalModules: [wordsModule],
    bpmnRenderer: coloursOf(container),
    textRenderer: fontOf(container),
  });
}
