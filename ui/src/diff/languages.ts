/** Which grammar colours a file, by its name. */
import type { LanguageInput } from "shiki/core";

type Load = Extract<LanguageInput, () => unknown>;

/** The grammars that are bundled; each is a file of its own and loaded when the first such diff is shown. */
export const GRAMMARS = {
  bash: () => import("@shikijs/langs/shellscript"),
  c: () => import("@shikijs/langs/c"),
  clojure: () => import("@shikijs/langs/clojure"),
  cmake: () => import("@shikijs/langs/cmake"),
  cpp: () => import("@shikijs/langs/cpp"),
  csharp: () => import("@shikijs/langs/csharp"),
  css: () => import("@shikijs/langs/css"),
  dart: () => import("@shikijs/langs/dart"),
  docker: () => import("@shikijs/langs/docker"),
  elixir: () => import("@shikijs/langs/elixir"),
  go: () => import("@shikijs/langs/go"),
  graphql: () => import("@shikijs/langs/graphql"),
  groovy: () => import("@shikijs/langs/groovy"),
  haskell: () => import("@shikijs/langs/haskell"),
  hcl: () => import("@shikijs/langs/hcl"),
  html: () => import("@shikijs/langs/html"),
  ini: () => import("@shikijs/langs/ini"),
  java: () => import("@shikijs/langs/java"),
  javascript: () => import("@shikijs/langs/javascript"),
  json: () => import("@shikijs/langs/json"),
  jsonc: () => import("@shikijs/langs/jsonc"),
  kotlin: () => import("@shikijs/langs/kotlin"),
  lua: () => import("@shikijs/langs/lua"),
  make: () => import("@shikijs/langs/make"),
  markdown: () => import("@shikijs/langs/markdown"),
  nix: () => import("@shikijs/langs/nix"),
  "objective-c": () => import("@shikijs/langs/objective-c"),
  ocaml: () => import("@shikijs/langs/ocaml"),
  perl: () => import("@shikijs/langs/perl"),
  php: () => import("@shikijs/langs/php"),
  powershell: () => import("@shikijs/langs/powershell"),
  proto: () => import("@shikijs/langs/proto"),
  python: () => import("@shikijs/langs/python"),
  r: () => import("@shikijs/langs/r"),
  ruby: () => import("@shikijs/langs/ruby"),
  rust: () => import("@shikijs/langs/rust"),
  scala: () => import("@shikijs/langs/scala"),
  scss: () => import("@shikijs/langs/scss"),
  sql: () => import("@shikijs/langs/sql"),
  svelte: () => import("@shikijs/langs/svelte"),
  swift: () => import("@shikijs/langs/swift"),
  tex: () => import("@shikijs/langs/latex"),
  toml: () => import("@shikijs/langs/toml"),
  tsx: () => import("@shikijs/langs/tsx"),
  typescript: () => import("@shikijs/langs/typescript"),
  vue: () => import("@shikijs/langs/vue"),
  xml: () => import("@shikijs/langs/xml"),
  yaml: () => import("@shikijs/langs/yaml"),
  zig: () => import("@shikijs/langs/zig"),
} satisfies Record<string, Load>;

export type Language = keyof typeof GRAMMARS;

const ENDINGS: Record<Language, string> = {
  bash: "sh bash zsh ksh",
  c: "c h",
  clojure: "clj cljs cljc edn",
  cmake: "cmake",
  cpp: "cc cpp cxx hh hpp hxx ino",
  csharp: "cs csx",
  css: "css",
  dart: "dart",
  docker: "dockerfile containerfile",
  elixir: "ex exs",
  go: "go",
  graphql: "graphql gql",
  groovy: "groovy gradle",
  haskell: "hs",
  hcl: "hcl tf tfvars",
  html: "html htm xhtml",
  ini: "ini cfg conf properties desktop service gitconfig editorconfig",
  java: "java",
  javascript: "js mjs cjs",
  json: "json webmanifest map ipynb geojson",
  jsonc: "jsonc json5 code-workspace",
  kotlin: "kt kts",
  lua: "lua",
  make: "mk make",
  markdown: "md markdown mdx",
  nix: "nix",
  "objective-c": "m mm",
  ocaml: "ml mli",
  perl: "pl pm",
  php: "php",
  powershell: "ps1 psm1",
  proto: "proto",
  python: "py pyi pyw",
  r: "r",
  ruby: "rb rake gemspec",
  rust: "rs",
  scala: "scala sbt",
  scss: "scss",
  sql: "sql",
  svelte: "svelte",
  swift: "swift",
  tex: "tex sty cls bib",
  toml: "toml",
  tsx: "tsx jsx",
  typescript: "ts mts cts",
  vue: "vue",
  xml: "xml svg xsd xsl plist csproj",
  yaml: "yaml yml",
  zig: "zig",
};

const NAMES: Record<string, Language> = {
  "cargo.lock": "toml",
  "cmakelists.txt": "cmake",
  containerfile: "docker",
  dockerfile: "docker",
  gemfile: "ruby",
  gnumakefile: "make",
  jenkinsfile: "groovy",
  makefile: "make",
  pipfile: "toml",
  "poetry.lock": "toml",
  rakefile: "ruby",
  ".bashrc": "bash",
  ".env": "bash",
  ".gitconfig": "ini",
  ".gitmodules": "ini",
  ".npmrc": "ini",
  ".profile": "bash",
  ".zshrc": "bash",
  "tsconfig.json": "jsonc",
};

const BY_ENDING = new Map(
  Object.entries(ENDINGS).flatMap(([language, endings]) =>
    endings.split(" ").map((ending) => [ending, language as Language] as const),
  ),
);

/** The language of a path; nothing where no grammar fits, and the text stays plain. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  const whole = NAMES[name] ?? (name.startsWith("dockerfile.") ? "docker" : undefined);
  if (whole !== undefined) return whole;
  const dot = name.lastIndexOf(".");
  return dot < 0 ? null : (BY_ENDING.get(name.slice(dot + 1)) ?? null);
}
