import { expect, it } from "vitest";
import { bytes } from "./bytes";

it("says sizes as publishers do", () => {
  const sizes = [0, 999, 1_000, 491_400_064, 999_600_000, 1_117_320_768, 4_683_073_536, 200_000_000_000];
  expect(sizes.map(bytes)).toEqual(["0 bytes", "999 bytes", "1 kB", "491 MB", "1.0 GB", "1.1 GB", "4.7 GB", "200 GB"]);
});
