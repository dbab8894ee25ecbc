/** Something that is not removed although it has to do with the installation. */
export interface Retained {
  readonly what: string;
  readonly why: string;
}
