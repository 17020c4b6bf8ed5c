// `npm run test`: the parts that need no browser; tests/browser has the others.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    setupFiles: ["src/testing/page.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
