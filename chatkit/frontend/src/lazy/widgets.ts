/** Widgets: cards, lists, forms, and where their actions go. Fetched with the first item that has one. */
export { widgetView } from "../widgets/root";
