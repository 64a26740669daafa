// What the protocol thread calls on the main thread while somebody debugs.

/** The global that holds the `DebugTarget`; not enumerable. */
export const targetName = "__latentLabDebug";

/** A cell that has run, as the main thread tells of it. */
export interface CellListing {
  /** The script's name for V8, e.g. `Cell[3]`. */
  script: string;
  /** As people read it, e.g. `Cell [3]`. */
  name: string;
  code: string;
}

/** What maps places of a cell's script to the cell; the parts of a `CellSourceMap`. */
export interface CellDetails {
  maps: { code: string; toStripped: unknown; toSource: unknown };
  /** Names that the cell declares at its top level. */
  declared: string[];
}
