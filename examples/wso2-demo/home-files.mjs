// What is in a home of the demonstration: { path, content, mode? } and { path, link }. The same seed gives the same bytes.

/** Numbers below 2^32 from a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

function bytes(random, length) {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length; at++) buffer[at] = random() & 0xff;
  return buffer;
}

function archive(random) {
  const content = bytes(random, 600 + (random() % 3000));
  content.write("PK\x03\x04", 0, "latin1");
  return content;
}

function keystore(random) {
  const content = bytes(random, 2214);
  content.writeUInt32BE(0xfeedfeed, 0);
  return content;
}

const numbered = (count, make) => Array.from({ length: count }, (_, index) => make(String(index + 1).padStart(2, "0")));

function datasource([name, jndi, url]) {
  return `        <datasource>
            <name>${name}</name>
            <jndiConfig><name>${jndi}</name></jndiConfig>
            <definition type="RDBMS">
                <configuration>
                    <url>${url}</url>
                    <username>obuser</username>
                    <password>demo-only</password>
                    <testOnBorrow>true</testOnBorrow>
                    <validationQuery>SELECT 1</validationQuery>
                </configuration>
            </definition>
        </datasource>
`;
}

function datasources(list, comment = "") {
  return `<datasources-configuration xmlns:svns="http://org.wso2.securevault/configuration">
    <providers>
        <provider>org.wso2.carbon.ndatasource.rdbms.RDBMSDataSourceReader</provider>
    </providers>
    <datasources>
${list.map(datasource).join("")}${comment}    </datasources>
</datasources-configuration>
`;
}

const mysql = (database) => `jdbc:mysql://db.demo.invalid:3306/${database}?autoReconnect=true&amp;useSSL=false`;
const carbonDb = [
  "WSO2_CARBON_DB",
  "jdbc/WSO2CarbonDB",
  "jdbc:h2:repository/database/WSO2CARBON_DB;DB_CLOSE_ON_EXIT=FALSE",
];
const shared = [
  ["WSO2AM_DB", "jdbc/WSO2AM_DB", mysql("openbank_apimgtdb")],
  ["WSO2_COMMON_DB", "jdbc/WSO2CommonDB", mysql("openbank_commondb")],
];
const ofManager = [
  ["WSO2AM_STATS_DB", "jdbc/WSO2AM_STATS_DB", mysql("openbank_apimgt_statsdb")],
  ["WSO2_MB_STORE_DB", "jdbc/WSO2MBStoreDB", mysql("openbank_mbstoredb")],
];
const openBanking = ["WSO2_OPEN_BANKING_DB", "jdbc/WSO2OpenBankingDB", mysql("openbank_openbankingdb")];
const sample = `        <!--\n${datasource(["SAMPLE_DB", "jdbc/SampleDB", "jdbc:mysql://localhost:3306/Sample"])}        -->\n`;

function confFiles({ isManager, port }) {
  const conf = (path, content, mode) => ({ path: `repository/conf/${path}`, content, mode });
  return [
    conf(
      "datasources/master-datasources.xml",
      datasources([carbonDb, ...shared, ...(isManager ? ofManager : [])], sample),
    ),
    conf("datasources/open-banking-datasources.xml", datasources([openBanking])),
    conf(
      "carbon.xml",
      `<Server>\n    <Name>WSO2 Open Banking</Name>\n    <Ports><Offset>0</Offset><HttpPort>${port}</HttpPort></Ports>\n</Server>\n`,
    ),
    conf(
      "registry.xml",
      `<wso2registry>
    <currentDBConfig>wso2registry</currentDBConfig>
    <dbConfig name="wso2registry"><dataSource>jdbc/WSO2CarbonDB</dataSource></dbConfig>
    <dbConfig name="governanceRegistry"><dataSource>jdbc/WSO2CommonDB</dataSource></dbConfig>
</wso2registry>\n`,
    ),
    conf(
      "user-mgt.xml",
      `<UserManager><Realm><Configuration>
    <Property name="dataSource">jdbc/WSO2CommonDB</Property>
</Configuration></Realm></UserManager>\n`,
    ),
    conf(
      "identity/identity.xml",
      "<Server><JDBCPersistenceManager><DataSource>\n    <Name>jdbc/WSO2AM_DB</Name>\n</DataSource></JDBCPersistenceManager></Server>\n",
    ),
    ...(isManager
      ? [conf("api-manager.xml", "<APIManager>\n    <DataSourceName>jdbc/WSO2AM_DB</DataSourceName>\n</APIManager>\n")]
      : []),
    conf(
      "finance/open-banking.xml",
      "<Server><DataSource>\n    <Name>jdbc/WSO2OpenBankingDB</Name>\n</DataSource></Server>\n",
    ),
    conf("security/cipher-text.properties", "Carbon.Security.KeyStore.Password=[demo]\n", 0o600),
    ...numbered(24, (n) => conf(`etc/settings-${n}.properties`, `setting.${n}=on\n`)),
  ];
}

function deploymentFiles(random, { isManager }) {
  const at = (path, content) => ({ path: `repository/deployment/server/${path}`, content });
  const api = (n) => `<api name="accounts-${n}" context="/open-banking/v3.${n}/aisp"><resource methods="GET"/></api>\n`;
  const apps = isManager ? ["store", "publisher", "admin"] : ["ccportal", "consentmgt", "dashboard"];
  return [
    ...numbered(isManager ? 40 : 12, (n) => at(`synapse-configs/default/api/accounts-${n}.xml`, api(n))),
    ...numbered(15, (n) => at(`synapse-configs/default/sequences/seq-${n}.xml`, `<sequence name="seq-${n}"/>\n`)),
    ...numbered(8, (n) => at(`webapps/service${n}.war`, archive(random))),
    ...numbered(10, (n) => at(`webapps/oauth2/WEB-INF/lib/module-${n}.jar`, archive(random))),
    ...apps.flatMap((app) =>
      numbered(20, (n) => at(`jaggeryapps/${app}/site/pages/page-${n}.jag`, `<% // ${app} ${n} %>\n`)),
    ),
    ...numbered(4, (n) => at(`executionplans/plan_${n}.siddhiql`, `@Plan:name('plan_${n}')\n`)),
    ...numbered(4, (n) => at(`eventpublishers/publisher_${n}.xml`, `<eventPublisher name="p${n}"/>\n`)),
    at(
      "userstores/partners.xml",
      '<UserStoreManager class="ReadOnlyLDAPUserStoreManager"><Property name="ConnectionURL">ldap://ldap.demo.invalid</Property></UserStoreManager>\n',
    ),
    { path: "repository/deployment/server/webapps/service-latest.war", link: "service08.war" },
    ...numbered(2, (n) => ({
      path: `repository/tenants/${Number(n)}/synapse-configs/default/api/tenant.xml`,
      content: api(n),
    })),
  ];
}

function componentFiles(random) {
  const at = (path, content) => ({ path: `repository/components/${path}`, content });
  return [
    ...numbered(60, (n) => at(`plugins/org.wso2.carbon.part${n}_4.4.40.jar`, archive(random))),
    ...numbered(8, (n) => at(`features/org.wso2.feature${n}/feature.xml`, `<feature id="f${n}"/>\n`)),
    ...numbered(6, (n) => at(`patches/patch00${n}/org.wso2.carbon.part${n}_4.4.40.jar`, archive(random))),
    ...numbered(5, (n) => at(`dropins/ob-extension-${n}.jar`, archive(random))),
    at("lib/mysql-connector-java-5.1.48.jar", archive(random)),
    { path: "repository/components/lib/mysql-connector.jar", link: "mysql-connector-java-5.1.48.jar" },
    at("default/configuration/config.ini", "osgi.noShutdown=true\n"),
    ...numbered(6, (n) => at(`default/configuration/org.eclipse.osgi/bundles/${n}/data`, archive(random))),
  ];
}

/** Everything in a home. `kind` is "obkm" or "obam". */
export function homeFiles({ kind, port, seed }) {
  const random = randomFrom(seed + (kind === "obam" ? 1 : 0));
  const isManager = kind === "obam";
  const security = (name) => ({
    path: `repository/resources/security/${name}`,
    content: keystore(random),
    mode: 0o640,
  });
  return [
    { path: "bin/version.txt", content: `WSO2 Open Banking ${isManager ? "API" : "Key"} Manager v1.5.0\n` },
    { path: "bin/ciphertool.sh", content: "#!/bin/sh\nexit 0\n", mode: 0o755 },
    { path: "updates/product.txt", content: `wso2-${kind}-1.5.0.1604321098765\n` },
    ...["h2", "mysql", "postgresql"].map((name) => ({
      path: `dbscripts/${name}.sql`,
      content: `-- tables for ${name}\n`,
    })),
    ...numbered(6, (n) => ({ path: `lib/endorsed-${n}.jar`, content: archive(random) })),
    { path: "solr/indexed-data/segments_1", content: bytes(random, 512) },
    { path: "tmp/work/Catalina/session.ser", content: bytes(random, 256) },
    ...confFiles({ isManager, port }),
    ...deploymentFiles(random, { isManager }),
    ...componentFiles(random),
    ...["wso2carbon.jks", "client-truststore.jks", "openbanking.jks"].map(security),
    ...numbered(10, (n) => ({
      path: `repository/resources/customsequences/in/custom-${n}.xml`,
      content: `<sequence name="c${n}"/>\n`,
    })),
    { path: "repository/database/WSO2CARBON_DB.h2.db", content: bytes(random, 96 * 1024) },
    { path: "repository/data/org.wso2.carbon.directory/ou.ldif", content: "dn: ou=system\n" },
    { path: "repository/logs/wso2carbon.log", content: "" },
    { path: "repository/axis2/client/axis2.xml", content: "<axisconfig/>\n" },
  ];
}
