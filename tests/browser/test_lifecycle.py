"""The chat in pages that come and go: back and forward, Turbo, parts put in late or taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Watch
from .servers import Server
from .test_states import ANSWER, LISTEN, QUESTION

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

WISH = "A letter that must not be lost"
# What Turbo does at a visit: it keeps a copy of the body, puts the new page's body in its place and
# runs the scripts in that. `restored` is the way back, whose page comes from the copy.
TURBO = """async (address) => {
  const snapshots = (window.snapshots ??= new Map());
  snapshots.set(location.pathname, document.body.cloneNode(true));
  const restored = snapshots.get(address);
  const html = await (await fetch(address)).text();
  const body = restored ?? document.importNode(
    new DOMParser().parseFromString(html, "text/html").body, true);
  for (const old of body.querySelectorAll("script:not([type])")) {
    const script = document.createElement("script");
    for (const {name, value} of old.attributes) script.setAttribute(name, value);
    script.async = false;
    old.replaceWith(script);
  }
  history.pushState({}, "", address);
  document.body.replaceWith(body);
}"""
# The back/forward cache is off in a driven browser: these are the events that it sends.
AWAY = 'dispatchEvent(new PageTransitionEvent("pagehide", {persisted: true}))'
BACK = 'dispatchEvent(new PageTransitionEvent("pageshow", {persisted: true}))'


@pytest.fixture
def form(open_page: Callable[..., Any], server: Server) -> Any:
    """A host's page with a form that is being filled in, and a conversation in its chat."""
    page = open_page(server)
    page.add_init_script(LISTEN)
    page.goto("/form/")
    ready(page)
    page.fill("[name=wish]", WISH)
    page.evaluate("window.same = true")
    ask(page)
    return page


def ready(page: Any) -> Any:
    page.wait_for_selector(".chatkit-container[data-state=ready]")
    return page.locator("openai-chatkit")


def ask(page: Any) -> None:
    element = page.locator("openai-chatkit")
    element.locator("textarea").fill(QUESTION)
    element.locator("textarea").press("Enter")
    expect(element.locator("[data-copy]")).to_have_count(1)


def kept(page: Any) -> bool:
    """Whether the page is still the one that was opened, with what was written into it."""
    return bool(page.evaluate("window.same === true")) and page.input_value("[name=wish]") == WISH


class TestBackAndForward:
    def test_resets_the_element_alone(self, form: Any) -> None:
        form.evaluate(AWAY)
        expect(form.locator("openai-chatkit")).to_have_count(0)
        form.evaluate(BACK)
        expect(ready(form)).to_contain_text(ANSWER)
        assert kept(form)
        # As it is taken out and put back.
        form.evaluate(
            """async () => {
              window.box = document.querySelector(".chatkit-container");
              window.box.remove();
              await new Promise((done) => setTimeout(done));
            }"""
        )
        form.evaluate("document.body.append(window.box)")
        expect(ready(form)).to_contain_text(ANSWER)
        assert kept(form)

    def test_after_a_log_out(self, form: Any, watch: Watch) -> None:
        watch.expect("status of 401")
        form.evaluate(AWAY)
        form.context.clear_cookies(name="sessionid")
        form.evaluate(BACK)
        form.wait_for_selector("[data-state=logged-out]")
        expect(form.locator("openai-chatkit")).to_have_count(0)
        assert kept(form)


class TestTurbo:
    def test_starts_at_each_visit(self, form: Any) -> None:
        for address in ("/shop/", "/empty/", "/form/"):
            form.evaluate(TURBO, address)
            form.wait_for_url(f"**{address}")
            for place in {"/shop/": ("#first", "#second"), "/form/": ("body",)}.get(address, ()):
                form.wait_for_selector(f"{place} .chatkit-container[data-state=ready]")
        assert form.evaluate("window.same === true")
        expect(form.locator(".ck-skeleton")).to_be_hidden()
        expect(form.locator("openai-chatkit")).to_contain_text(ANSWER)

    def test_a_copy_of_a_page_with_a_failure(self, form: Any, watch: Watch) -> None:
        watch.expect("status of 500")
        form.evaluate(TURBO, "/empty/")
        error = {"error": {"code": "openai_error", "message": "Not now."}}
        form.route("**/session", lambda route: route.fulfill(status=500, json=error))
        form.evaluate(TURBO, "/shop/")
        form.wait_for_selector("#second [data-state=error]")
        form.evaluate(TURBO, "/empty/")
        form.unroute("**/session")
        form.evaluate(TURBO, "/shop/")
        for place in ("#first", "#second"):
            form.wait_for_selector(f"{place} [data-state=ready]")
        expect(form.locator(".ck-cover > .ck-state")).to_have_count(0)


class TestInThePage:
    def test_moved_and_in_a_page_that_is_not_kept(self, form: Any) -> None:
        form.evaluate(
            """() => {
              const place = document.createElement("section");
              document.body.prepend(place);
              place.append(document.querySelector(".chatkit-container"));
            }"""
        )
        expect(form.locator("section openai-chatkit")).to_contain_text(ANSWER)
        assert len(form.evaluate("window.told")) == 1
        form.evaluate(AWAY.replace("true", "false"))
        form.evaluate(BACK.replace("true", "false"))
        expect(form.locator("openai-chatkit")).to_contain_text(ANSWER)
        assert len(form.evaluate("window.told")) == 1

    def test_in_a_template(self, form: Any) -> None:
        form.evaluate(
            """async () => {
              const template = document.createElement("template");
              template.innerHTML = await (await fetch("/form/")).text();
              document.body.append(template);
              await new Promise((done) => setTimeout(done));
            }"""
        )
        assert len(form.evaluate("window.told")) == 1
        form.evaluate(
            """() => {
              const place = document.createElement("section");
              place.append(document.querySelector("template").content.cloneNode(true));
              document.body.append(place);
            }"""
        )
        form.wait_for_selector("section [data-state=ready]")

    def test_put_in_late_as_text_whose_scripts_do_not_run(
        self, open_page: Callable[..., Any], server: Server
    ) -> None:
        page = open_page(server)
        page.goto("/empty/")
        page.evaluate(
            """async () => {
              document.querySelector("p").innerHTML = await (await fetch("/form/")).text();
            }"""
        )
        ready(page)

    def test_two_keep_a_conversation_each(
        self, open_page: Callable[..., Any], server: Server
    ) -> None:
        page = open_page(server)
        page.goto("/shop/")
        for place in ("#first", "#second"):
            page.wait_for_selector(f"{place} [data-state=ready]")
        second = page.locator("#second openai-chatkit")
        second.locator("textarea").fill(QUESTION)
        second.locator("textarea").press("Enter")
        expect(second.locator("[data-copy]")).to_have_count(1)
        page.reload()
        expect(page.locator("#second openai-chatkit")).to_contain_text(ANSWER)
        expect(page.locator("#first openai-chatkit")).to_contain_text("Hi Ada")
        expect(page.locator("#first openai-chatkit")).not_to_contain_text(ANSWER)


def with_policy(page: Any, address: str, policy: str) -> None:
    """Answer for `address` with another Content-Security-Policy than this site's."""

    def answer(route: Any) -> None:
        response = route.fetch()
        headers = response.headers | {"content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    page.route(f"**{address}", answer)


class TestHabitsOfPages:
    def test_a_base_of_another_site(self, open_page: Callable[..., Any], server: Server) -> None:
        page = open_page(server)
        with_policy(page, "/based/", "default-src 'self'")
        page.goto("/based/")
        assert page.evaluate("document.baseURI") == "https://elsewhere.example/deep/"
        ready(page)
        ask(page)
        expect(page.locator("openai-chatkit")).to_contain_text(ANSWER)

    def test_trusted_types(
        self, open_page: Callable[..., Any], server: Server, watch: Watch
    ) -> None:
        page = open_page(server)
        watch.expect("ERR_FAILED")
        policy = "require-trusted-types-for 'script'; trusted-types lit-html chatkit"
        with_policy(page, "/form/", policy)
        page.route("**/static/chatkit/chatkit.js", lambda route: route.abort())
        page.goto("/form/")
        page.wait_for_selector("[data-state=script-missing]")
        page.unroute("**/static/chatkit/chatkit.js")
        page.get_by_role("button", name="Try again").click()
        ready(page)
        ask(page)
        expect(page.locator("openai-chatkit")).to_contain_text(ANSWER)
