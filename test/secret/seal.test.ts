import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Json } from "../../src/schema/json.ts";
import { formsOf } from "../../src/secret/forms.ts";
import { makeMasker } from "../../src/secret/masker.ts";
import { tooShortToMask } from "../../src/secret/too-short.ts";
import { unseal } from "../../src/secret/unseal.ts";

const secrets = { password: "p'a s&s", pin: "491203" };
const masker = makeMasker(secrets);

test("a sealed text names the secret and its form, and holds nothing of it", () => {
  assert.is(masker.seal("x=p'a s&s;"), "x=⟦belay-secret:password:raw⟧;");
  assert.is(masker.seal(Buffer.from("p'a s&s").toString("base64")), "⟦belay-secret:password:base64-0-padded⟧");
  assert.equal(masker.seal({ pin: 491203, text: "491203", other: 4912 }), {
    pin: "⟦belay-secret:pin:number⟧",
    text: "⟦belay-secret:pin:raw⟧",
    other: 4912,
  });
});

test("unseal puts back texts, keys and numbers", () => {
  const value = { "p'a s&s": [491203, "491203", { x: "a p'a%20s%26s b" }], rest: [true, null, 1.5] };
  const sealed = masker.seal(value);
  assert.not.match(JSON.stringify(sealed), /491203|p'a/);
  assert.equal(unseal(sealed, secrets), value);
  assert.is(unseal(sealed, secrets).rest, sealed.rest);
});

test("a text that looks like a token survives, also without a secret", () => {
  for (const text of ["⟦belay-secret:password:raw⟧", "⟦belay-secret::x⟦belay-secret:", "⟦belay-secret:pin:number⟧"]) {
    for (const one of [masker, makeMasker({})]) assert.is(unseal(one.seal(text), secrets), text);
    assert.is.not(masker.seal(text), text);
  }
});

test("a secret that is not there, or is different in kind, is refused in a sentence without it", () => {
  const sealed = masker.seal({ a: "x p'a s&s", n: 491203 });
  assert.throws(
    () => unseal(sealed, { pin: "491203" }),
    (error: Error) => error.message === "the secret password is part of what was kept for undo, and has no value now",
  );
  assert.throws(
    () => unseal(sealed, { password: "p'a s&s", pin: "hunter22" }),
    (error: Error) => /^the secret pin is part of .* \(as number\), and its value now can't be/.test(error.message),
  );
  assert.throws(() => unseal("⟦belay-secret:toString:raw⟧", {}), /the secret toString /);
});

test("a name can hold anything", () => {
  const odd = { "a:b⟧ ⟦belay-secret:": "hunter22" };
  assert.is(unseal(makeMasker(odd).seal("x hunter22"), odd), "x hunter22");
});

const value = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 4, maxLength: 20 }),
    fc.string({ unit: fc.constantFrom("a", "b"), minLength: 4, maxLength: 8 }),
    fc.string({ unit: fc.constantFrom("a", "b", "\n", "'", "⟦"), minLength: 4, maxLength: 20 }),
    fc.constantFrom("belay-secret", "⟦belay-secret:", "raw⟧", "secret:xyz", "12345", "0012345", "1.5000"),
  )
  .map((text) => Buffer.from(text).toString())
  .filter((text) => !tooShortToMask(text));
const around = fc.constantFrom("", "a", "⟦belay-secret:", ":", "⟦belay-", "é", "b a", "12345", "\ud83d", "⟧", "+3");

test("property: what is sealed comes back byte for byte, and holds no form of a secret outside of its tokens", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(around, fc.nat(), fc.nat(), fc.nat(9)), { minLength: 1, maxLength: 6 }),
      fc.constantFrom(12345, 1.5, 2),
      (values, parts, number) => {
        const named = Object.fromEntries(values.map((text, index) => [`s${index}`, text]));
        const forms = values.flatMap((text) => formsOf("s", text));
        const text = parts
          .map(
            ([before, form, , cut]) => before + (forms[form % forms.length]?.text ?? "").slice(cut > 6 ? cut - 6 : 0),
          )
          .join("");
        const whole: Json = { [text]: [text, number, { x: text }] };
        const one = makeMasker(named);
        const sealed = one.seal(whole);
        assert.equal(unseal(sealed, named), whole);
        const [key = ""] = Object.keys(sealed as object);
        for (const between of key.split(/⟦belay-secret:[^:⟧]+:[a-z0-9.-]+(?:\+\d+)?⟧/))
          assert.not.ok(
            forms.some((form) => between.replaceAll("⟦belay-secret::", "⟦belay-secret:").includes(form.text)),
          );
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
