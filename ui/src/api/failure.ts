/** What a request failed with. */
export class Failure extends Error {
  override readonly name = "Failure";

  /**
   * @param code the API's code, or `unreachable` when nobody answered, or `unreadable` when the answer made no sense
   * @param message one sentence
   * @param hint what to do; empty where there is nothing
   * @param body the whole reply, for those who know more about it
   */
  constructor(
    readonly code: string,
    message: string,
    readonly hint = "",
    readonly body: unknown = null,
  ) {
    super(message);
  }

  /** The connection is the trouble, not the request. */
  get unreachable(): boolean {
    return this.code === "unreachable";
  }

  /** Sentence and next step, for one line. */
  get sentence(): string {
    return this.hint === "" ? this.message : `${this.message} ${this.hint}`;
  }
}

/** Whatever was thrown, as a failure. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Failure("internal", message);
}

const NO_SENSE = "The answer could not be read.";

/** The body of a reply, or the failure that it tells. */
export function judge(status: number, body: unknown): unknown {
  if (status >= 200 && status < 300) return body;
  if (typeof body === "object" && body !== null && "error" in body) {
    const error = body.error;
    if (typeof error === "object" && error !== null && "code" in error && "message" in error) {
      const hint = "hint" in error ? String(error.hint) : "";
      throw new Failure(String(error.code), String(error.message), hint, body);
    }
  }
  throw new Failure("unreadable", NO_SENSE, `It came with status ${status}.`, body);
}
