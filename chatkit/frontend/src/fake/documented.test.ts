/** The example of docs/howto/testing.md, run as its readers run it. */
import { expect, test } from "vitest";
import page from "../../../../docs/howto/testing.md?raw";
import { fakeBackend } from "./backend";

const [, example = ""] = /^```js\n\/\/ help\.test\.js\n(.*?)^```$/ms.exec(page) ?? [];
const imports = /^import .*\n/gm;

test("the example names what is there", () => {
  expect(example.match(imports)).toEqual([
    'import { expect, test } from "vitest";\n',
    'import { fakeBackend } from "./chatkit-testing.js";\n',
  ]);
});

new Function("expect", "test", "fakeBackend", example.replace(imports, ""))(expect, test, fakeBackend);
