import { Counter, Gauge, type Registry } from "prom-client";
import type { Reading } from "./ports.ts";

export interface Sample {
  readonly labels?: Readonly<Record<string, string | number>>;
  readonly value: Reading;
}

export interface ScrapedMetric {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
  /** Read whenever somebody asks for the metrics. A value that is not known is left out. */
  readonly read: () => readonly Sample[] | Promise<readonly Sample[]>;
}

/** Defines metrics whose values a part knows, and that are read when somebody asks. */
export interface Scraped {
  gauge(metric: ScrapedMetric): void;
  /** Values only grow; the part counts them itself. */
  counter(metric: ScrapedMetric): void;
}

const readMs = 1_000;

/** A part that does not answer in time costs its own values only: the rest of the page is there. */
export function createScraped(registry: Registry): Scraped {
  const failures = new Counter({
    name: "hansa_metrics_read_failures_total",
    help: "Readings for this page that failed or took too long, by metric.",
    labelNames: ["metric"],
    registers: [registry],
  });

  async function samplesOf({ name, read }: ScrapedMetric): Promise<readonly Sample[]> {
    try {
      return await withinMs(readMs, Promise.resolve(read()));
    } catch {
      failures.inc({ metric: name });
      return [];
    }
  }

  function known(samples: readonly Sample[]) {
    return samples.flatMap(({ labels = {}, value }) =>
      typeof value === "number" && Number.isFinite(value) ? [{ labels: { ...labels }, value }] : [],
    );
  }

  return {
    gauge(metric) {
      const { name, help, labelNames = [] } = metric;
      failures.inc({ metric: name }, 0);
      const gauge = new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        async collect() {
          const samples = known(await samplesOf(metric));
          this.reset();
          // A gauge without labels is zero after that, and zero would be a statement.
          if (labelNames.length === 0) this.remove();
          for (const { labels, value } of samples) this.set(labels, value);
        },
      });
      gauge.reset();
      if (labelNames.length === 0) gauge.remove();
    },
    counter(metric) {
      const { name, help, labelNames = [] } = metric;
      failures.inc({ metric: name }, 0);
      new Counter({
        name,
        help,
        labelNames: [...labelNames],
        registers: [registry],
        async collect() {
          const samples = known(await samplesOf(metric));
          this.reset();
          if (labelNames.length === 0) this.remove();
          for (const { labels, value } of samples) this.inc(labels, value);
        },
      });
    },
  };
}

/** The outcome of `work`, or a failure after `limitMs`. */
export async function withinMs<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("took too long")), limitMs);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
