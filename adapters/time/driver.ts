// What moves a world's clock: a driver. The world itself never waits.

/** One way of moving a world through time. */
export interface Driver {
  readonly mode: "virtual" | "wall" | "following";
  /** Brings the world up to date. Called before bytes are given to it. */
  enter(): void;
  /** Called after the world worked: something may be due now, or earlier than it was. */
  leave(): void;
  /** Moves the world to `time`; the application settles between events. Never called twice at once. */
  advanceTo(time: number): Promise<void>;
  /** Lets go of timers. The driver may be used again afterwards. */
  rest(): void;
}
