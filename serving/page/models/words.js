// How figures and versions are said.

let names = new Map();

/** Know the versions of GET /models by what people call them: "bundled", not the number that its answers carry. */
export function nameVersions(models) {
  names = new Map(models.map(({ name, version }) => [version, name]));
}

export const named = (version) => names.get(version) ?? version;

export const inFull = (version) => (named(version) === version ? version : `${named(version)} (${version})`);

/** A day and time as people here write them, from ISO 8601. */
export const madeAt = (time) => new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** A difference of shares in points, with its sign. */
export const points = (difference) => `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(1)} points of F1`;

/** Seconds as minutes and seconds. */
export function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
