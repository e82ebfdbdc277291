/** A datasource as a file of an installation writes it, before its URL is read. */
export interface RawDatasource {
  readonly name: string;
  readonly jndi: string | null;
  /** Absolute path of the file, and the line of the URL. */
  readonly file: string;
  readonly line: number;
  /** Undefined where the datasource has none. Never shown as it is: it may hold a password. */
  readonly url: string | undefined;
  readonly user: string | null;
  /** What `${sys:wso2.runtime}` stands for in this file, where it is known. */
  readonly runtime?: string;
}
