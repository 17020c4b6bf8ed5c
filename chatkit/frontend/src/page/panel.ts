/** The session panel, and the status above the chat where something is wrong of which the chat itself says nothing. */
import type { Chat, Status } from "./chat";
import { duration, fill } from "./config";

export function connectPanel(page: HTMLElement, chat: Chat): void {
  const { texts } = chat.config;
  const words: Record<Status, string> = {
    loading: texts.statusLoading,
    ready: texts.statusReady,
    lost: texts.statusLost,
    problem: texts.statusProblem,
    ended: texts.statusEnded,
  };
  const begin = page.querySelector<HTMLButtonElement>("[data-ck-new]");
  const end = page.querySelector<HTMLButtonElement>("[data-ck-end]");
  const say = (name: string, text: string) => {
    for (const part of page.querySelectorAll(`[data-ck-text="${name}"]`)) {
      if (part.textContent !== text) part.textContent = text;
    }
  };

  let timer = 0;
  const show = () => {
    const { status } = chat;
    const session = chat.sessions.current;
    const there = status === "ready" || status === "lost";
    for (const part of page.querySelectorAll<HTMLElement>("[data-ck-status]")) part.dataset.ckStatus = status;
    say("status", words[status]);
    // Our own chat says so where one writes, and what covers a chat says it all.
    const alarm = page.querySelector("[data-ck-alarm]");
    const wrong = status === "lost" && !chat.config.script.ours ? words.lost : "";
    if (alarm && alarm.textContent !== wrong) alarm.textContent = wrong;
    say("session", session ? shortened(session.sessionId) : texts.none);
    for (const part of page.querySelectorAll<HTMLElement>('[data-ck-text="session"]')) {
      part.title = session?.sessionId ?? "";
    }
    // Who has written without a login has something to delete.
    for (const part of page.querySelectorAll<HTMLElement>("[data-ck-known]")) part.hidden = !chat.config.user;
    if (begin) begin.disabled = !there;
    if (end) end.disabled = !there || !session;
    showExpiry();
    if (there) timer ||= window.setInterval(showExpiry, 1000);
    else timer = stopped(timer);
  };
  const showExpiry = () => {
    const session = chat.sessions.current;
    if (!session) return say("expires", texts.none);
    const left = (session.endsAt - performance.now()) / 1000;
    say("expires", left > 0 ? fill(texts.expiresIn, duration(Math.floor(left))) : texts.statusExpired);
  };

  begin?.addEventListener("click", () => {
    page.dispatchEvent(new Event("ck-close-drawer"));
    void chat.newChat();
  });
  end?.addEventListener("click", () => {
    end.disabled = true;
    say("note", "");
    chat.end().then(
      () => page.dispatchEvent(new Event("ck-close-drawer")),
      () => {
        say("note", texts.endFailed);
        show();
      },
    );
  });
  chat.watch(show);
  show();
}

function stopped(timer: number): number {
  clearInterval(timer);
  return 0;
}

/** `sess_0123…cdef`: enough to find the record by, short enough to be read out on the phone. */
function shortened(id: string): string {
  return id.length > 16 ? `${id.slice(0, 9)}…${id.slice(-4)}` : id;
}
