/** What both archive actions are told. */
export interface ArchiveInput {
  readonly from: string;
  readonly to: string;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}
