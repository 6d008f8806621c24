import { svelte } from "@sveltejs/vite-plugin-svelte";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

// For development: a daemon of the developer's (`autocommit run`), and its token, which the proxy adds by itself.
const daemon = process.env["AUTOCOMMIT_DEV_URL"] ?? "http://127.0.0.1:8200";
const token = process.env["AUTOCOMMIT_DEV_TOKEN"];
const paths = ["status", "repos", "history", "events", "held", "cycles", "trigger", "enable", "disable", "pause", "settings"];
const more = ["folders", "survey", "llm", "activity", "login", "login-links", "message", "health", "openapi.json"];

/** `/icon.svg` is the app's own icon: one file for all. */
function icon(): Plugin {
  const read = () => readFileSync(new URL("../icons/autocommit.svg", import.meta.url));
  return {
    name: "icon",
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "icon.svg", source: read() });
    },
    configureServer(server) {
      server.middlewares.use("/icon.svg", (_, reply) => {
        reply.setHeader("Content-Type", "image/svg+xml");
        reply.end(read());
      });
    },
  };
}

/** The library's command list carries a style attribute, which the policy forbids; the same is said through the object model. */
function withoutStyleAttributes(): Plugin {
  return {
    name: "without-style-attributes",
    enforce: "pre",
    transform(code, id) {
      if (!/bits-ui\/dist\/bits\/command\/.*\.svelte$/.test(id)) return null;
      return { code: code.replaceAll('style="display: contents;"', 'style:display="contents"'), map: null };
    },
  };
}

export default defineConfig({
  plugins: [withoutStyleAttributes(), svelte(), icon()],
  publicDir: false,
  // For machines that do other things as well.
  test: { include: ["src/**/*.test.ts"], testTimeout: 60_000 },
  build: {
    target: "es2022",
    // The Content Security Policy allows fonts and styles from files only, so nothing is written into the page.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 400,
    // How long each plugin took is nobody's question here.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      [...paths, ...more].map((path) => [
        `^/${path}(/|$|\\?)`,
        {
          target: daemon,
          changeOrigin: true,
          headers: { origin: daemon, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        },
      ]),
    ),
  },
});
