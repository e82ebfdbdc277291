/** Where a secret's value comes from: exactly one source. */
export type SecretSource =
  | { readonly env: string }
  | { readonly file: string }
  | { readonly command: readonly string[] }
  | { readonly prompt: string };

export type SecretReference = SecretSource & {
  /** It may be missing. */
  readonly optional?: boolean;
  readonly description?: string;
};

/** What secrets are read from. Whoever implements it never puts a value into an error. */
export interface SecretSources {
  readonly env: { readonly [name: string]: string | undefined };
  /** Relative paths of files are below it. */
  readonly cwd: string;
  /** The whole text of a file, by its absolute path. Throws an Error with a sentence about it. */
  readFile(path: string): Promise<string>;
  /** Runs a program to its end, without a shell. Throws an Error with a sentence when it can't be started or takes too long. */
  run(argv: readonly string[]): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  /** Undefined when nobody answered. Missing where nobody can be asked. */
  ask?(text: string): Promise<string | undefined>;
}
