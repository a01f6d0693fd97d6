/** Of sysexits.h, so that a supervisor can tell what makes no sense to repeat. */
export const exitCodes = {
  failed: 1,
  /** `EX_USAGE`: the command line itself. */
  usage: 64,
  /** `EX_TEMPFAIL`: the database is somebody else's for now, or of another version. */
  database: 75,
  /** `EX_CONFIG`: wrong settings, trying again is useless. */
  settings: 78,
} as const;
