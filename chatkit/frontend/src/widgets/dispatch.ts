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
  if (loading !== "none") {
    entry.busy = loading === "container" ? "" : control;
    entry.touch();
    ui.changed();
  }
  try {
    if (config.handler === "client") await clientAction(ui, entry, action);
    else if (streaming) await ui.conversation.act(action, entry.id);
    else await ui.conversation.actSync(action, entry.id);
    if (control === CONFIRM && !ui.conversation.state.failure) confirm(ui, entry);
  } catch (thrown) {
    ui.conversation.fail(thrown, null);
  } finally {
    entry.busy = null;
    entry.touch();
    ui.changed();
  }
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

async function clientAction(
  ui: Ui,
  entry: Entry,
  action: { type: string; payload: Record<string, unknown> },
): Promise<void> {
  if (entry.item.type !== "widget") return;
  try {
    await ui.options.widgets?.onAction?.(action, { id: entry.id, widget: plain(entry.item.widget) as never });
  } catch (thrown) {
    report(ui, fromHost(thrown, "widget_action_failed"));
  }
}
