/** Where an action of a widget goes: to the server with or without a stream, or to the page. */

import { plain } from "../plain";
import type { Entry } from "../state/entry";
import { report } from "../state/host";
import type { Ui } from "../views/ui";
import { ApiError, fromHost } from "../wire/api-error";
import type { ActionConfig } from "../wire/protocol";
import { collect, valid } from "./form";
import { confirm } from "./remembered";

/** The controls of a card's main action, and of the other one. */
export const CONFIRM = "confirm";
export const CANCEL = "cancel";

export async function dispatchAction(
  ui: Ui,
  entry: Entry,
  config: ActionConfig,
  form: HTMLElement | null,
  control: string,
  loading: string,
): Promise<void> {
  const streaming = config.handler !== "client" && config.streaming !== false;
  if (entry.busy !== null || (streaming && ui.conversation.busy && ui.hindered())) return;
  if (form && !valid(form)) return;
  const action = { type: config.type, payload: payloadOf(ui, config, form) };
  const focused = (ui.renderRoot as ShadowRoot).activeElement;
  if (loading !== "none") {
    entry.busy = loading === "container" ? "" : control;
    entry.touch();
    ui.changed();
  }
  try {
    const { conversation } = ui;
    let done: boolean;
    if (config.handler === "client") done = await clientAction(ui, entry, action);
    else if (streaming) done = (await conversation.act(action, entry.id)) && !conversation.state.failure;
    else done = await conversation.actSync(action, entry.id);
    if (control === CONFIRM && done) confirm(ui, entry);
  } catch (thrown) {
    ui.conversation.fail(thrown, null);
  } finally {
    entry.busy = null;
    entry.touch();
    ui.changed();
    await ui.updateComplete;
    refocus(ui, focused);
  }
}

/** A field that was off while its action was under way has lost the focus: it is there again, unless it is elsewhere. */
function refocus({ renderRoot }: Ui, focused: Element | null): void {
  const elsewhere = (renderRoot as ShadowRoot).activeElement ?? document.activeElement !== document.body;
  if (focused?.isConnected && !elsewhere) (focused as HTMLElement).focus({ preventScroll: true });
}

function payloadOf(ui: Ui, config: ActionConfig, form: HTMLElement | null): Record<string, unknown> {
  const payload = plain(config.payload) ?? {};
  if (!form) return payload;
  const { values, collisions } = collect(form, payload);
  for (const name of collisions) {
    report(
      ui,
      new ApiError("form_name_taken", `The action's payload has "${name}" already; the form's value is ignored.`),
    );
  }
  return values;
}

/** False where it fails. */
async function clientAction(
  ui: Ui,
  entry: Entry,
  action: { type: string; payload: Record<string, unknown> },
): Promise<boolean> {
  if (entry.item.type !== "widget") return false;
  try {
    await ui.options.widgets?.onAction?.(action, { id: entry.id, widget: plain(entry.item.widget) as never });
    return true;
  } catch (thrown) {
    report(ui, fromHost(thrown, "widget_action_failed"));
    return false;
  }
}
