type Line = (facts: object, message: string) => void;

/** Where the engine says what happens; pino's loggers are of this shape. */
export interface Log {
  readonly info: Line;
  readonly warn: Line;
  readonly error: Line;
}
