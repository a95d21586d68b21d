/** One row of the error table. `page` is one or two plain sentences: what happened, and what to do. */
export interface CodeRow {
  readonly status: number;
  readonly retry: boolean;
  readonly title: string;
  readonly page: string;
}
