import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ActionFailure } from "../../src/action/failure.ts";
import { wso2Datasources } from "../../src/actions/wso2/datasources.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import { actionContext, type TestContext } from "../support/action-context.ts";

const fixtures = join(import.meta.dirname, "../fixtures/wso2");

interface Found {
  homes: { path: string; product: string; version: string | null; update: string | null; datasources: JsonObject[] }[];
  databases: { key: string; homes: string[]; names: string[] }[];
  files: { key: string; path: string; home: string; exists: boolean }[];
  references: number;
}

const look = async (context: TestContext, input: JsonObject) =>
  (await wso2Datasources.run(input, context)) as unknown as Found;

async function withHomes(use: (context: TestContext) => Promise<void>): Promise<void> {
  const context = await actionContext();
  try {
    await cp(fixtures, context.work, { recursive: true });
    await use(context);
  } finally {
    await context.remove();
  }
}

async function failureOf(context: TestContext, input: JsonObject): Promise<ActionFailure> {
  const error = await look(context, input).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.instance(error, ActionFailure);
  assert.is((error as ActionFailure).kind, "failed");
  return error as ActionFailure;
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, "utf8");
  assert.ok(text.includes(from), `${file} does not hold ${from}`);
  await writeFile(file, text.replace(from, to));
}

const master = (context: TestContext, home = "am") =>
  context.path(home, "repository/conf/datasources/master-datasources.xml");

test("every database once: by host, port and name, not by the datasource's name", () =>
  withHomes(async (context) => {
    const [km, am] = [context.path("km"), context.path("am")];
    const { databases, references } = await look(context, { homes: [km, am] });
    const short = databases.map(({ key, homes, names }) => [
      key.replace(context.work, "…"),
      homes.length,
      names.join("+"),
    ]);
    assert.equal(short, [
      ["h2 …/km/repository/database/WSO2CARBON_DB", 1, "WSO2_CARBON_DB"],
      ["mysql db1.bank.example:3306/ob_apimgtdb", 2, "WSO2AM_DB+AM_DATABASE"],
      ["mysql db1.bank.example:3306/ob_km_configdb", 1, "WSO2CONFIG_DB"],
      ["h2 …/shared/METRICS_DB", 1, "WSO2_METRICS_DB"],
      ["h2 …/am/repository/database/WSO2CARBON_DB", 1, "WSO2_CARBON_DB"],
      ["mysql db1.bank.example:3306/ob_am_configdb", 1, "WSO2CONFIG_DB"],
      ["postgresql users.bank.example:5432/partners", 1, "user store partners"],
    ]);
    assert.is(references, 5);
  }));

test("a sample in a comment is nobody's database, and a password is nobody's business", () =>
  withHomes(async (context) => {
    const found = await look(context, { homes: ["km", "am", "bi"].map((home) => context.path(home)) });
    const text = JSON.stringify(found);
    assert.not.match(text, /old\.bank\.example|jdbc:mysql:\/\/sample/);
    assert.not.match(text, /not-for-the-result|autoReconnect/);
    assert.match(text, /"user":"apim"/);
  }));

test("file and line of each URL are told, and what the product is", () =>
  withHomes(async (context) => {
    const { homes } = await look(context, { homes: [context.path("km")] });
    const home = homes[0];
    assert.is(home?.product, "WSO2 Open Banking Key Manager");
    assert.is(home?.version, "1.5.0");
    assert.is(home?.update, "wso2-obkm-1.5.0.1571234567890");
    const apim = home?.datasources.find(({ name }) => name === "WSO2AM_DB");
    const lines = (await readFile(master(context, "km"), "utf8")).split("\n");
    assert.match(lines[Number(apim?.["line"]) - 1] ?? "", "<url>");
    assert.is(apim?.["url"], "jdbc:mysql://db1.bank.example:3306/ob_apimgtdb");
    assert.is(apim?.["jndi"], "jdbc/WSO2AM_DB");
    assert.is(apim?.["host"], "db1.bank.example");
  }));

test("H2 files: relative to the home, out of it, there or not yet", () =>
  withHomes(async (context) => {
    const made = context.path("km/repository/database/WSO2CARBON_DB.h2.db");
    await mkdir(dirname(made), { recursive: true });
    await writeFile(made, "x");
    await mkdir(context.path("shared"));
    await writeFile(context.path("shared/METRICS_DB.mv.db"), "x");
    const { files } = await look(context, { homes: [context.path("km"), context.path("am")] });
    assert.equal(
      files.map(({ path, exists }) => [path.replace(context.work, "…"), exists]),
      [
        ["…/km/repository/database/WSO2CARBON_DB.h2.db", true],
        ["…/shared/METRICS_DB.mv.db", true],
        ["…/am/repository/database/WSO2CARBON_DB.h2.db", false],
      ],
    );
  }));

test("deployment.yaml: variables, aliases and a leftover &amp;", () =>
  withHomes(async (context) => {
    const { homes, databases } = await look(context, { homes: [context.path("bi")] });
    assert.equal(
      databases.map(({ key, names }) => [key.replace(context.work, "…"), names.join("+")]),
      [
        ["h2 …/bi/wso2/worker/database/metrics", "WSO2_METRICS_DB+METRICS_AGAIN"],
        ["mysql db1.bank.example:3306/ob_reportingdb", "OB_REPORTING_DB"],
        ["h2 …/bi/wso2/dashboard/database/metrics", "WSO2_METRICS_DB"],
      ],
    );
    assert.is(homes[0]?.datasources[0]?.["line"], 18);
    assert.is(homes[0]?.version, null);
  }));

test("a JNDI name that nothing defines names file, line and the near name", () =>
  withHomes(async (context) => {
    const file = context.path("km/repository/conf/registry.xml");
    await edit(file, "jdbc/WSO2ConfigDB", "jdbc/WSO2Config_DB");
    const failure = await failureOf(context, { homes: [context.path("km")] });
    assert.is(
      failure.message,
      `${file}:8 refers to jdbc/WSO2Config_DB, and no datasource has that name; there is jdbc/WSO2ConfigDB`,
    );
    await edit(file, "jdbc/WSO2Config_DB", "jdbc/Unheard");
    const other = await failureOf(context, { homes: [context.path("km")] });
    assert.not.match(other.message, "there is");
    assert.is((await look(context, { homes: [context.path("km")], cross_check: false })).references, 4);
  }));

test("each file that refers to datasources is cross-checked", () =>
  withHomes(async (context) => {
    const places: [file: string, from: string][] = [
      ["km/repository/conf/user-mgt.xml", "jdbc/WSO2CarbonDB"],
      ["km/repository/conf/identity/identity.xml", "jdbc/WSO2AM_DB"],
      ["am/repository/conf/api-manager.xml", "jdbc/WSO2AM_DB"],
    ];
    for (const [name, from] of places) {
      const file = context.path(name);
      await edit(file, from, "jdbc/Gone");
      assert.match(
        (await failureOf(context, { homes: [dirname(context.path(name.slice(0, 3), "x"))] })).message,
        `${file}:`,
      );
      await edit(file, "jdbc/Gone", from);
    }
  }));

test("an unknown kind of database stops, with file and line", () =>
  withHomes(async (context) => {
    await edit(
      master(context),
      "jdbc:mysql://db1.bank.example/ob_am_configdb",
      "jdbc:db2://db1:50000/cfg:password=geheim;",
    );
    const { message, details } = await failureOf(context, { homes: [context.path("am")] });
    assert.is(
      message,
      `${master(context)}:28: the URL of datasource WSO2CONFIG_DB is of an unknown kind of database, db2`,
    );
    assert.not.match([message, ...details].join(), "geheim");
  }));

test("a URL that is missing, or holds an unknown variable, stops too", () =>
  withHomes(async (context) => {
    await edit(master(context), "jdbc:mysql://db1.bank.example/ob_am_configdb", "jdbc:mysql://${DB_HOST}/cfg");
    const unknown = await failureOf(context, { homes: [context.path("am")] });
    assert.match(unknown.message, ":28: the URL of datasource WSO2CONFIG_DB holds ${DB_HOST}");
    await edit(master(context), "<url>jdbc:mysql://${DB_HOST}/cfg</url>", "");
    const missing = await failureOf(context, { homes: [context.path("am")] });
    assert.match(missing.message, ":23: the URL of datasource WSO2CONFIG_DB is missing");
  }));

test("a file that can't be parsed stops, with its line", () =>
  withHomes(async (context) => {
    await edit(master(context), "</jndiConfig>", "");
    assert.match(
      (await failureOf(context, { homes: [context.path("am")] })).message,
      /master-datasources\.xml:\d+ is not XML/,
    );
    await writeFile(context.path("bi/conf/dashboard/deployment.yaml"), "a: b\nwso2.datasources: {\n");
    assert.match(
      (await failureOf(context, { homes: [context.path("bi")] })).message,
      /deployment\.yaml:\d+ is not YAML/,
    );
  }));

test("a folder that is no home is refused", () =>
  withHomes(async (context) => {
    const failure = await failureOf(context, { homes: [context.path("km/bin")] });
    assert.match(failure.message, "is not a WSO2 home");
  }));

test("a staged repository is looked at instead of the live one", () =>
  withHomes(async (context) => {
    await cp(context.path("am/repository"), context.path("am/repository.new.k7"), { recursive: true });
    await edit(context.path("am/repository.new.k7/conf/api-manager.xml"), "jdbc/WSO2AM_DB", "jdbc/Gone");
    await look(context, { homes: [context.path("am")] });
    const failure = await failureOf(context, { homes: [context.path("am")], repository: "repository.new.k7" });
    assert.match(failure.message, "repository.new.k7/conf/api-manager.xml:2 refers to jdbc/Gone");
  }));

test.run();
