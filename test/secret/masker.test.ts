import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formsOf } from "../../src/secret/forms.ts";
import { type Masker, makeMasker } from "../../src/secret/masker.ts";
import { tooShortToMask } from "../../src/secret/too-short.ts";

const runs = { numRuns: 300 };
const one = (value: string) => makeMasker({ password: value });

/** What a stream makes of bytes that come in pieces. */
function streamed(masker: Masker, bytes: Buffer, cuts: readonly number[]): Buffer {
  const stream = masker.stream();
  const out: Buffer[] = [];
  const places = [...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  let at = 0;
  for (const place of [...places, bytes.length]) {
    out.push(Buffer.from(stream.push(bytes.subarray(at, place))));
    at = place;
  }
  out.push(stream.end());
  return Buffer.concat(out);
}

// Written by hand, or by the program that is named: not by what is tested.
const awkward = "p'a s$s/\"w<ö>&r\\d+!";
const spellings: readonly [what: string, text: string][] = [
  ["as it is", awkward],
  ["JSON", `p'a s$s/\\"w<ö>&r\\\\d+!`],
  ["JSON twice", `p'a s$s/\\\\\\"w<ö>&r\\\\\\\\d+!`],
  ["JSON of Go", `p'a s$s/\\"w\\u003cö\\u003e\\u0026r\\\\d+!`],
  ["JSON of Python", `p'a s$s/\\"w<\\u00f6>&r\\\\d+!`],
  ["encodeURIComponent", "p'a%20s%24s%2F%22w%3C%C3%B6%3E%26r%5Cd%2B!"],
  ["URL in lower case", "p'a%20s%24s%2f%22w%3c%c3%b6%3e%26r%5cd%2b!"],
  ["curl", "p%27a%20s%24s%2F%22w%3C%C3%B6%3E%26r%5Cd%2B%21"],
  ["form", "p%27a+s%24s%2F%22w%3C%C3%B6%3E%26r%5Cd%2B%21"],
  ["shell", `p'\\''a s$s/"w<ö>&r\\d+!`],
  ["bash's %q", `p\\'a\\ s\\$s/\\"w\\<ö\\>\\&r\\\\d+\\!`],
  ["XML", "p&apos;a s$s/&quot;w&lt;ö&gt;&amp;r\\d+!"],
  ["XML text", `p'a s$s/"w&lt;ö&gt;&amp;r\\d+!`],
  ["HTML", "p&#39;a s$s/&quot;w&lt;ö&gt;&amp;r\\d+!"],
  ["YAML", `p'a s$s/\\"w<ö>&r\\\\d+!`],
  ["YAML of PyYAML", `p'a s$s/\\"w<\\xF6>&r\\\\d+!`],
  ["YAML in single quotes", `p''a s$s/"w<ö>&r\\d+!`],
  ["hex", Buffer.from(awkward).toString("hex")],
  ["HEX", Buffer.from(awkward).toString("hex").toUpperCase()],
  ["base64", Buffer.from(awkward).toString("base64")],
  ["base64url", Buffer.from(awkward).toString("base64url")],
];

for (const [what, text] of spellings) {
  test(`a secret is masked: ${what}`, () => {
    assert.is(one(awkward).text(`a=${text};`), "a=***;");
  });
}

test("base64 of a longer text around the secret shows none of its whole characters", () => {
  for (const encoding of ["base64", "base64url"] as const) {
    for (const [before, after] of [
      ["user:", ""],
      ["me:", ""],
      ["root:", ""],
      ["user:", "@host"],
      ["", "\n"],
      ["ab", "cd"],
    ]) {
      const text = Buffer.from(`${before}S3cret?>pass${after}`).toString(encoding);
      const masked = one("S3cret?>pass").text(`Authorization: Basic ${text}`);
      assert.ok(masked.includes("***"), `${before}…${after} ${masked}`);
      const left = masked.replace("Authorization: Basic ", "").replaceAll("***", "");
      // The characters of what stands around, and at each end one that is half the secret's.
      assert.ok(
        left.length <= Math.ceil(((before ?? "").length * 8) / 6) + Math.ceil(((after ?? "").length * 8) / 6) + 4,
        masked,
      );
    }
  }
});

test("base64 that the base64 program broke into lines is masked", () => {
  const key = Array.from({ length: 300 }, (_, i) => String.fromCharCode(33 + ((i * 7) % 90))).join("");
  const lines = (
    Buffer.from(key)
      .toString("base64")
      .match(/.{1,76}/g) ?? []
  ).join("\n");
  assert.is(one(key).text(`x\n${lines}\ny`), "x\n***\ny");
  assert.is(one(key).text(lines.split("\n").slice(0, 2).join("\n> ")), "***\n> ***");
});

test("each line of a value is masked, but those that say nothing", () => {
  const masker = one("-----BEGIN KEY-----\n  abcdef\n}\n\n    \nghij\r\n-----END KEY-----");
  assert.is(masker.text("  abcdef, ghij,     }"), "  ***, ***,     }");
  assert.is(masker.text(Buffer.from("ghij").toString("base64")), "***");
});

test("a longer secret hides a shorter one in it, and overlapping ones leave no half", () => {
  const masker = makeMasker({ short: "abcd", long: "bcdefgh", whole: "xabcdx" });
  assert.is(masker.text("abcd bcdefgh xabcdx abcdefgh abcdabcd"), "*** *** *** *** ******");
});

test("short values are not masked, and the caller can know", () => {
  assert.ok(tooShortToMask("abc"));
  assert.ok(tooShortToMask(" a  "));
  assert.not.ok(tooShortToMask("abcd"));
  assert.is(one("abc").active, false);
  assert.is(one("é").text("%C3%A9 é"), "%C3%A9 é");
});

test("without secrets everything comes back itself", () => {
  const idle = makeMasker({});
  const value = { a: [1, { b: "c" }] };
  assert.not.ok(idle.active);
  assert.is(idle.json(value), value);
  const chunk = Buffer.from("abc");
  assert.is(idle.stream().push(chunk), chunk);
  assert.is(idle.seal(value), value);
});

test("json masks texts, keys and whole numbers, and keeps the identity of the rest", () => {
  const masker = makeMasker({ pin: "491203", password: "hunter22" });
  const clean = { list: [1, "x"], when: new Date(0) };
  const value = { clean, "key hunter22": 1, "hunter22 key": [491203, 4912030], n: null, deep: [{ x: "a hunter22" }] };
  const masked = masker.json(value);
  assert.equal(masked, {
    clean,
    "key ***": 1,
    "*** key": ["***", 4912030],
    n: null,
    deep: [{ x: "a ***" }],
  });
  assert.is(masked.clean, clean);
  assert.is(masker.json(clean), clean);
  assert.equal(Object.keys(masker.json({ hunter22: 1, "491203": 2 })).sort(), ["***", "*** (2)"]);
  assert.ok(Object.hasOwn(masker.json(JSON.parse('{"__proto__":"hunter22"}')), "__proto__"));
});

test("a stream gives back what is decided at once, and damages no bytes", () => {
  const stream = one("hunter22").stream();
  assert.is(stream.push(Buffer.from("password: hunter22")).toString(), "password: ***");
  assert.is(stream.push(Buffer.from("\nlogin hun")).toString(), "\nlogin ");
  assert.is(stream.push(Buffer.from("dred")).toString(), "hundred");
  assert.is(stream.push(Buffer.from(" hunter2")).toString(), " ");
  assert.is(stream.end().toString(), "hunter2");
  const bytes = Buffer.from([0xff, 0xfe, 0x80, 0xc3, 0x68, 0x75, 0xe2, 0x82]);
  assert.equal(streamed(one("hunter22"), bytes, [1, 4, 5, 6]), bytes);
});

/** A secret of characters that forms write differently, long enough to be masked. */
const secretText = fc
  .oneof(
    fc.string({ unit: "binary", minLength: 4, maxLength: 40 }),
    fc.string({ minLength: 4, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom("a", "b"), minLength: 4, maxLength: 9 }),
    fc.string({ unit: fc.constantFrom("a", "'", '"', "\n", "&", "é", "😀", "%", "\\"), minLength: 4, maxLength: 12 }),
  )
  // The mask itself is no secret, and is put beside text that could make one of it.
  .filter((value) => !tooShortToMask(value) && !value.includes("*"));
const aroundText = fc.string({
  unit: fc.oneof(fc.constantFrom("a", "b", "\n", "ä", "😀", "\ud83d"), fc.string({ minLength: 1, maxLength: 1 })),
  maxLength: 30,
});

/** The naive way: every place of every form is crossed out, one after the other. */
function naive(secrets: readonly string[], text: string): string {
  const marks = new Array<number>(text.length).fill(0);
  const starts = new Set<number>();
  const ranges = secrets
    .flatMap((value) => formsOf("s", value))
    .flatMap(({ text: form }) => {
      const found: [number, number][] = [];
      for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) found.push([at, at + form.length]);
      return found;
    })
    .sort(([a, b], [c, d]) => a - c || d - b);
  let end = 0;
  for (const [from, to] of ranges) {
    if (from >= end) starts.add(from);
    end = Math.max(end, to);
    marks.fill(1, from, to);
  }
  return [...marks.keys()].map((i) => (starts.has(i) ? "***" : "") + (marks[i] ? "" : text[i])).join("");
}

test("property: text and stream mask what the naive way masks, wherever the bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(secretText, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(aroundText, fc.nat(), fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      (values, parts, cuts) => {
        const secrets = values.map((value) => Buffer.from(value).toString());
        const text = parts
          .map(([around, which, form, from, to]) => {
            const forms = formsOf("s", secrets[which % secrets.length] as string);
            const chosen = forms[form % forms.length]?.text ?? "";
            // Sometimes only a part of it, so that forms begin and do not end, or begin in each other.
            const cut = to % 3 === 0 ? chosen.slice(from % 4, chosen.length - (to % 5)) : chosen;
            return around + cut;
          })
          .join("")
          // What ends in the middle of a secret has a rule of its own.
          .concat("\u0001");
        const masker = makeMasker(Object.fromEntries(secrets.map((value, index) => [`s${index}`, value])));
        const expected = naive(secrets, text);
        assert.is(masker.text(text), expected);
        assert.equal(masker.json({ [text]: [text] }), { [expected]: [expected] });
        const bytes = Buffer.from(text);
        const whole = Buffer.from(naive(secrets, bytes.toString()));
        assert.equal(streamed(masker, bytes, cuts), whole);
        assert.equal(streamed(masker, bytes, [...bytes.keys()]), whole);
      },
    ),
    runs,
  );
});

test("the beginning of a secret is masked where a text was cut, and only there", () => {
  const long = `${"Zk3/".repeat(100)}ö'"`;
  const masker = makeMasker({ long, short: "hunter22" });
  assert.is(masker.text(`it says ${long.slice(0, 150)}…`), "it says ***…");
  assert.is(masker.text(`it says ${long.slice(0, 150)}`), "it says ***");
  assert.is(
    masker.text(`{"a":"${JSON.stringify(long).slice(1, 401)}… and ${long.slice(0, 7)}…`),
    '{"a":"***… and ***…',
  );
  assert.is(masker.text("hunte…"), "***…");
  assert.is(masker.text("hun… hunte"), "hun… hunte");
  assert.is(masker.seal(`a ${long.slice(0, 150)}…`), `a ${long.slice(0, 150)}…`);
  const umlauts = makeMasker({ umlauts: "ää𝄞öö𝄞üü𝄞" });
  assert.is(umlauts.text("xää𝄞ö…"), "x***…");
});

test("property: a stream changes no byte where there is no secret, and all others survive beside one", () => {
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
  fc.assert(
    fc.property(bytes, bytes, fc.array(fc.nat(), { maxLength: 8 }), (before, after, cuts) => {
      const masker = one("QQ-hunter22-QQ");
      const text = Buffer.concat([before, Buffer.from("QQ-hunter22-QQ"), after]);
      assert.equal(streamed(masker, text, cuts), Buffer.concat([before, Buffer.from("***"), after]));
      assert.equal(streamed(masker, Buffer.concat([before, after]), cuts), Buffer.concat([before, after]));
    }),
    runs,
  );
});

test("100 MB pass in flat memory", () => {
  const masker = makeMasker(
    Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`s${i}`, `Secret-${i}-${"x".repeat(i)}`])),
  );
  const stream = masker.stream();
  const chunk = Buffer.from("2026-11-21T03:00:00Z INFO copied /var/lib/data/segment-000123 in 12 ms\n".repeat(900));
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const begun = performance.now();
  let bytes = 0;
  while (bytes < 100_000_000) bytes += stream.push(chunk).length;
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(seconds < 20, `${seconds} s`);
  assert.ok(process.memoryUsage().rss - before < 50_000_000);
});

test.run();
