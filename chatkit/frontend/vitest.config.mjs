// `npm run test`: the parts that need no browser; tests/browser has the others.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
    // Beside the other tests, which take both processors: those that hang are told all the same.
    testTimeout: 60_000,
    // One process reads the sources once. What a file stubs or mocks is taken back after each test, and
    // storage is made anew for each file.
    isolate: false,
    setupFiles: ["src/testing/page.ts"],
    restoreMocks: true,
    unstubGlobals: true,
  },
});
