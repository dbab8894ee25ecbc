import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { checkRecordSize } from "../../../../cluster/checks/upgrades/record-size.ts";
import { chartStep } from "../../../support/settings.ts";

/** Text that does not pack: about as many bytes in Helm's record as it has characters. */
const noise = (mebibytes: number): string => randomBytes((mebibytes * 2 ** 20 * 3) / 4).toString("base64");

const step = (text: string) =>
  chartStep("install-web", { component: "shop", values: { port: 80, pages: { start: text, end: "x" } } });

describe("the size of Helm's record", () => {
  const place = "components.shop.stepConfig.install-web.helmValues.pages.start";
  const mebibytes = (number: number) => number * 2 ** 20;

  it("is no matter for values of a usual size, and for large ones that pack well", () => {
    assert.deepEqual(checkRecordSize(step("small"), undefined), []);
    assert.deepEqual(checkRecordSize(step("again and again ".repeat(200_000)), undefined), []);
  });

  it("is an error when the values alone are too large, naming the largest of them", () => {
    const [check] = checkRecordSize(step(noise(1.2)), undefined);
    assert.deepEqual([check?.status, check?.subject], ["ERROR", "Helm release web"]);
    assert.match(check?.found ?? "", new RegExp(`largest of its values is ${place} with 1\\.20 MiB$`));
    assert.equal(check?.expected, "no more than 1.00 MiB, which a Secret holds");
  });

  it("is a warning when they are too large once the manifest holds them as well", () => {
    assert.equal(checkRecordSize(step(noise(0.7)), undefined)[0]?.status, "WARNING");
    assert.deepEqual(checkRecordSize(step(noise(0.4)), undefined), []);
  });

  it("is known where Helm has rendered the release", () => {
    assert.deepEqual(checkRecordSize(step(noise(0.7)), mebibytes(1)), []);
    const [check] = checkRecordSize(step(noise(0.7)), mebibytes(1) + 1);
    assert.equal(check?.status, "ERROR");
    assert.match(
      check?.found ?? "",
      /^Helm's record of it would have 1\.00 MiB; the largest of its values is /,
    );
  });
});
