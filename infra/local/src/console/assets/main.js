// What every page does.
// @ts-check
import "./zone.js";
import "./refresh.js";
import "./navigate.js";
import "./range.js";
import "./share.js";
import "./shortcuts.js";
