import { test } from "uvu";
import * as assert from "uvu/assert";
import { parseJdbcUrl } from "../../src/actions/wso2/jdbc-url.ts";

const read = (url: string, user: string | null = null) => {
  const found = parseJdbcUrl(url, user);
  return "problem" in found ? found.problem : [found.vendor, found.host, found.port, found.database].join(" ");
};

const forms: [url: string, expected: string][] = [
  ["jdbc:mysql://db:3307/apimgt?autoReconnect=true&useSSL=false", "mysql db 3307 apimgt"],
  ["jdbc:mysql://DB.Bank.Example/apimgt", "mysql db.bank.example 3306 apimgt"],
  ["jdbc:mysql:///apimgt", "mysql localhost 3306 apimgt"],
  ["jdbc:mysql://root:secret@db/apimgt", "mysql db 3306 apimgt"],
  ["jdbc:mysql://[FE80::1]:3306/apimgt", "mysql [fe80::1] 3306 apimgt"],
  ["jdbc:mariadb://db/apimgt", "mariadb db 3306 apimgt"],
  ["jdbc:postgresql://db:6432/apimgt?ssl=true", "postgresql db 6432 apimgt"],
  ["jdbc:postgresql:apimgt", "postgresql localhost 5432 apimgt"],
  ["jdbc:oracle:thin:@db:1522/OBSVC", "oracle db 1522 OBSVC"],
  ["jdbc:oracle:thin:@db:1521:ORCL", "oracle db 1521 ORCL"],
  ["jdbc:oracle:thin:@//db:1521/ob.bank.example", "oracle db 1521 ob.bank.example"],
  ["jdbc:oracle:thin:scott/tiger@//db/ob", "oracle db 1521 ob"],
  ["jdbc:sqlserver://db:1444;databaseName=apimgt;encrypt=true", "sqlserver db 1444 apimgt"],
  ["jdbc:sqlserver://db;database=apimgt", "sqlserver db 1433 apimgt"],
  ["jdbc:sqlserver://db\\OB,1433;portNumber=1433;databaseName=apimgt", "sqlserver db 1433 apimgt"],
  ["jdbc:sqlserver://DB\\OB;databaseName=apimgt", "sqlserver db\\ob  apimgt"],
  ["jdbc:sqlserver://;serverName=db;instanceName=ob;databaseName={a;b}", "sqlserver db\\ob  a;b"],
  ["jdbc:jtds:sqlserver://db:1433/apimgt;user=x", "sqlserver db 1433 apimgt"],
  ["jdbc:jtds:sqlserver://db/apimgt;instance=OB", "sqlserver db\\ob  apimgt"],
  ["jdbc:h2:repository/database/CARBON;DB_CLOSE_ON_EXIT=FALSE", "h2   repository/database/CARBON"],
  ["jdbc:h2:file:/data/CARBON", "h2   /data/CARBON"],
  ["jdbc:h2:async:../stats/STATS", "h2   ../stats/STATS"],
];

for (const [url, expected] of forms) test(`reads ${url}`, () => assert.is(read(url), expected));

test("PostgreSQL without a database means the user's", () => {
  assert.is(read("jdbc:postgresql://db/", "carbon"), "postgresql db 5432 carbon");
  assert.is(read("jdbc:postgresql://db/"), "names no database");
});

const refused: [url: string, reason: RegExp][] = [
  ["jdbc:mysql://a:3306,b:3306/apimgt", /several hosts/],
  ["jdbc:mysql:replication://a,b/apimgt", /not of the form/],
  ["jdbc:mysql://db:3306/", /names no database/],
  ["jdbc:mysql://db:99999/apimgt", /impossible port 99999/],
  ["jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1521)))", /not of the form/],
  ["jdbc:oracle:oci:@OB", /other than thin/],
  ["jdbc:sqlserver://db:1433", /names no database/],
  ["jdbc:db2://db:50000/apimgt", /unknown kind of database, db2/],
  ["jdbc:jtds:sybase://db/apimgt", /unknown kind of database, jtds:sybase/],
  ["jdbc:h2:mem:test", /in memory/],
  ["jdbc:h2:tcp://db/test", /H2 server/],
  ["jdbc:h2:~/test", /home folder/],
  ["db:3306/apimgt", /not a JDBC URL/],
];

for (const [url, reason] of refused) test(`refuses ${url}`, () => assert.match(read(url), reason));

test.run();
