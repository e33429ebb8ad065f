/** Seconds from a guest's start to its ready line: a first boot on a machine without hardware virtualisation takes minutes. */
export const READY_DEADLINE = 900;
/** Seconds that a guest gets to shut down by itself before it is destroyed. */
export const SHUTDOWN_DEADLINE = 180;
/** Seconds until the spec's checks have to pass, counted from the ready line. */
export const CHECK_DEADLINE = 180;
